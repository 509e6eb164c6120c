"""One sentence per rule and node: what it asks, what came out."""

TEXTS = {
    "rule.range": {
        "en": "{node}, {product}: target {value} {bounds}",
        "zh": "{node}，{product}：目标 {value}，{bounds}",
    },
    "rule.pin": {"en": "{node}, {product}: fixed at {value}", "zh": "{node}，{product}：锁定为 {value}"},
    "rule.capacity": {
        "en": "{node}, {product}: load {value} {bounds}",
        "zh": "{node}，{product}：负荷 {value}，{bounds}",
    },
    "rule.growth": {
        "en": "{node}, {product}: growth over history {value} {bounds}",
        "zh": "{node}，{product}：较历史增长 {value}，{bounds}",
    },
    "rule.mix": {
        "en": "{node}: share of {product} {value} {bounds}",
        "zh": "{node}：{product} 占比 {value}，{bounds}",
    },
    "rule.fairness": {
        "en": "{node}: {value} away from the peers' ratio to {basis} {bounds}",
        "zh": "{node}：与同组{basis}比率相差 {value}，{bounds}",
    },
    "rule.commitment": {
        "en": "{node}, {product}: {value} of the commitment {bounds}",
        "zh": "{node}，{product}：为承诺的 {value}，{bounds}",
    },
    "rule.link": {
        "en": "{node}: implied {basis} {value} {bounds}",
        "zh": "{node}：对应{basis} {value}，{bounds}",
    },
    "bounds.both": {"en": "(allowed {min} to {max})", "zh": "允许 {min} 至 {max}"},
    "bounds.min": {"en": "(at least {min})", "zh": "不低于 {min}"},
    "bounds.max": {"en": "(at most {max})", "zh": "不高于 {max}"},
    "bounds.none": {"en": "", "zh": "无界限"},
    "status.slack": {"en": "not binding", "zh": "未起作用"},
    "status.binding": {"en": "binding", "zh": "起作用"},
    "status.relaxed": {"en": "relaxed", "zh": "已放宽"},
    "rule.sentence": {"en": "{what} - {status}{owner}{short}", "zh": "{what}——{status}{owner}{short}"},
    "rule.owner": {"en": "; owner {owner}", "zh": "；负责人 {owner}"},
    "rule.short": {"en": "; misses its bound by {amount}", "zh": "；与界限相差 {amount}"},
    "rule.rounding_short": {
        "en": "; gives way by {amount}, less than the rounding",
        "zh": "；因取整让步 {amount}",
    },
    "product.all": {"en": "all products", "zh": "全部产品"},
    "basis.anchor": {"en": "anchor", "zh": "综合值"},
    "basis.history": {"en": "history", "zh": "历史"},
    "basis.potential": {"en": "potential", "zh": "潜力"},
    "basis.capacity": {"en": "capacity", "zh": "产能"},
    "basis.margin": {"en": "margin", "zh": "利润"},
    "basis.effort": {"en": "effort", "zh": "工作量"},
}
