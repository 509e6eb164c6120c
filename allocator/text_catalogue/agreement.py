"""What the service says when people talk about targets: what stands in the way, and what to do."""

TEXTS = {
    "problem.run-without-targets": {
        "en": "The run {run_id} has no targets.",
        "zh": "运行 {run_id} 没有目标结果。",
    },
    "problem.run-without-targets.hint": {
        "en": "Name a run that succeeded.",
        "zh": "请指定一个已成功的运行。",
    },
    "problem.not-now": {
        "en": "It is {present}; this cannot be done to it now.",
        "zh": "当前状态为 {present}，此时不能执行该操作。",
    },
    "problem.not-now.hint": {
        "en": "It must be one of: {wanted}. Read it again.",
        "zh": "状态须为：{wanted}。请重新读取。",
    },
    "problem.moved-on": {
        "en": "What else was agreed on since then changes this proposal.",
        "zh": "此后达成的其他协议已使该方案发生变化。",
    },
    "problem.moved-on.hint": {
        "en": "Ask again on the run {run_id}.",
        "zh": "请基于运行 {run_id} 重新提出请求。",
    },
    "problem.too-slow": {
        "en": "No answer was found within {seconds:.0f} seconds.",
        "zh": "{seconds:.0f} 秒内未求得结果。",
    },
    "problem.too-slow.hint": {
        "en": "Ask for a smaller subtree.",
        "zh": "请缩小请求的组织范围。",
    },
    "problem.not-the-one": {
        "en": "Only {who} may do this.",
        "zh": "只有 {who} 可以执行此操作。",
    },
    "problem.not-the-one.hint": {
        "en": "Ask that person, or finance.",
        "zh": "请联系该负责人或财务。",
    },
    "problem.children-first": {
        "en": "Not approved yet below this node: {nodes}.",
        "zh": "下级尚未审批通过：{nodes}。",
    },
    "problem.children-first.hint": {
        "en": "Wait for them, or name them in `without` to submit without them.",
        "zh": "请等待其完成，或在 `without` 中列出它们后提交。",
    },
    "problem.frame-too-tight": {
        "en": "This cannot be done inside the frame: {reason}",
        "zh": "在现有框架内无法做到：{reason}",
    },
    "problem.frame-too-tight.hint": {
        "en": "Change the pins, or ask the level above for another number.",
        "zh": "请修改锁定值，或请上级调整目标。",
    },
}
