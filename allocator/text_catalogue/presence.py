"""What was inferred about when reps came."""

TEXTS = {
    "presence.first_sale": {
        "en": " Counted from {month}, the month of the first sale: org.csv gives no start.",
        "zh": "org.csv 未填 start，自首笔销售的 {month} 起计。",
    },
    "presence.seldom": {
        "en": " Counted from {month}, the first month of the history: the first sale ({sale}) does not tell "
        "an arrival, as sales come in less than half of the months.",
        "zh": "自历史首月 {month} 起计：有销售的月份不足一半，首笔销售（{sale}）不能说明入职时间。",
    },
    "presence.silent": {
        "en": " Counted from {month}, the first month of the history: the silence before the first sale "
        "({sale}) is no longer than a later one.",
        "zh": "自历史首月 {month} 起计：首笔销售（{sale}）之前的空白并不比之后的更长，不能说明入职时间。",
    },
    "presence.before_start": {
        "en": " Counted from {month}: there are sales before the start in org.csv (the first in {sale}).",
        "zh": "自 {month} 起计：start 之前已有销售（首笔在 {sale}）。",
    },
    "presence.check.first_sale": {
        "en": "Without `start`, {count} rep(s) are counted from their first sale: {names}.",
        "zh": "未填 start，{count} 名销售自首笔销售起计：{names}。",
    },
    "presence.check.seldom": {
        "en": "Without `start`, {count} rep(s) who sell in less than half of the months are counted from the "
        "first month of the history: {names}.",
        "zh": "未填 start，{count} 名销售有销售的月份不足一半，自历史首月起计：{names}。",
    },
    "presence.check.silent": {
        "en": "Without `start`, {count} rep(s) who were silent as long later as before their first sale are "
        "counted from the first month of the history: {names}.",
        "zh": "未填 start，{count} 名销售首笔销售之前的空白并不比之后的更长，自历史首月起计：{names}。",
    },
    "presence.check.before_start": {
        "en": "{count} rep(s) have sales before their `start` and are counted from there on: {names}.",
        "zh": "{count} 名销售在 start 之前已有销售，自该销售起计：{names}。",
    },
    "presence.check.hint": {
        "en": "Presence in the past decides the anchors. Where it is wrong, give `start` in org.csv.",
        "zh": "过去在岗的时间影响综合值；如有不符，请在 org.csv 填写 start。",
    },
    "presence.more": {"en": " and {count} more", "zh": " 等另 {count} 名"},
}
