"""A subtree balanced inside its frame."""

TEXTS = {
    "subtree.frame_too_tight": {
        "en": "{measure}: what is asked below {node} does not fit the targets it carries. It would fit with "
        "{changes}.",
        "zh": "{measure}：{node} 以下的要求无法在其现有目标内实现；若{changes}则可以实现。",
    },
    "subtree.more": {"en": "{amount} more of {product}", "zh": "{product} 增加 {amount}"},
    "subtree.less": {"en": "{amount} less of {product}", "zh": "{product} 减少 {amount}"},
    "subtree.contradiction": {
        "en": "{measure}: the rules and pins below {node} contradict each other, whatever {node} carries.",
        "zh": "{measure}：无论 {node} 承担多少目标，其下属的规则与锁定值都互相矛盾。",
    },
}
