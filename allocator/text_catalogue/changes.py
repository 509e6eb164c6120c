"""What changes to a plan say."""

TEXTS = {
    "change.start": {"en": "the start of the plan", "zh": "计划开始"},
    "change.place.company": {"en": "the company's total of {measure}", "zh": "公司 {measure} 总目标"},
    "change.place.company_product": {
        "en": "the total of {product} in {measure}",
        "zh": "产品 {product} 的 {measure} 目标",
    },
    "change.place.node": {"en": "the target of {node} in {measure}", "zh": "{node} 的 {measure} 目标"},
    "change.place.node_product": {
        "en": "the target of {node} for {product} in {measure}",
        "zh": "{node} 产品 {product} 的 {measure} 目标",
    },
    "change.set_total": {"en": "Set {place} to {value}", "zh": "将{place}设为 {value}"},
    "change.set_total_growth": {
        "en": "Set {place} to {value} over last year",
        "zh": "将{place}设为较上年实际 {value}",
    },
    "change.scale_total": {"en": "Change {place} by {percent}", "zh": "将{place}调整 {percent}"},
    "change.drop_total": {
        "en": "Let the total of {product} in {measure} go free",
        "zh": "取消产品 {product} 的 {measure} 目标",
    },
    "change.add_rule": {
        "en": "Add the rule {rule_id}: {rule} of {measure} for {who}, {bounds}",
        "zh": "新增规则 {rule_id}：{who} 的 {measure} {rule}，{bounds}",
    },
    "change.set_rule": {"en": "Set the rule {rule_id}: {values}", "zh": "修改规则 {rule_id}：{values}"},
    "change.relax_rule_tier": {
        "en": "Let the rule {rule_id} give way (tier {tier})",
        "zh": "放宽规则 {rule_id}（优先级 {tier}）",
    },
    "change.relax_rule_widen": {
        "en": "Widen the bounds of the rule {rule_id} by {widen}",
        "zh": "将规则 {rule_id} 的上下限放宽 {widen}",
    },
    "change.drop_rule": {"en": "Drop the rule {rule_id}", "zh": "删除规则 {rule_id}"},
    "change.set_capacity": {
        "en": "Set the capacity of {node} to {amount} ({measure}, {basis})",
        "zh": "将 {node} 的产能设为 {amount}（{measure}，{basis}）",
    },
    "change.set_fairness_band": {
        "en": "Keep the targets of {measure} within {max} of their peers'",
        "zh": "{measure} 目标与同组相差不超过 {max}",
    },
    "change.set_head_count": {
        "en": "Give {node} {count} seats from {month} on",
        "zh": "自{month}起 {node} 共 {count} 个席位",
    },
    "change.hire": {
        "en": "Hire {node} into {parent} from {month} on",
        "zh": "自{month}起在 {parent} 招入 {node}",
    },
    "change.leave": {"en": "{node} leaves from {month} on", "zh": "{node} 自{month}起离职"},
    "change.leave_backfill": {
        "en": "{node} leaves from {month} on; open seats take the place",
        "zh": "{node} 自{month}起离职，由空缺席位接替",
    },
    "change.move": {
        "en": "{node} moves to {parent} from {month} on",
        "zh": "{node} 自{month}起调至 {parent}",
    },
    "change.merge_regions": {"en": "Merge {nodes} into {into}", "zh": "将 {nodes} 合并为 {into}"},
    "change.split_region": {"en": "Split {node} into {parts}", "zh": "将 {node} 拆分为 {parts}"},
    "change.add_product": {"en": "Add the product {product}", "zh": "新增产品 {product}"},
    "change.drop_product": {"en": "Drop the product {product}", "zh": "取消产品 {product}"},
    "change.drop_product_into": {
        "en": "Drop the product {product}; {into} takes over its history",
        "zh": "取消产品 {product}，历史数据并入 {into}",
    },
    "change.set_blend": {
        "en": "Blend history {history}, potential {potential}, commitment {commitment}",
        "zh": "综合权重：历史 {history}，潜力 {potential}，承诺 {commitment}",
    },
    "change.set_blend_auto": {"en": "Blend by measured precision", "zh": "按测得精度自动综合"},
    "change.set_over_assignment": {
        "en": "Over-assign {share} at the level {level}",
        "zh": "{level} 层级超额分配 {share}",
    },
    "change.set_seasonality": {"en": "Spread the months by {pattern}", "zh": "月度分配方式：{pattern}"},
    "change.set_pin": {"en": "Pin {place} at {value}", "zh": "将{place}锁定为 {value}"},
    "change.drop_pin": {"en": "Release the pin of {place}", "zh": "解除{place}的锁定"},
    "change.set_commitment": {
        "en": "Commit to {value} for {place}",
        "zh": "将{place}的承诺设为 {value}",
    },
    "change.scale_commitments": {
        "en": "Change the commitments behind {place} by {percent}",
        "zh": "将{place}对应的承诺调整 {percent}",
    },
    "change.drop_commitment": {"en": "Take back the commitment to {place}", "zh": "取消{place}的承诺"},
    "change.scatter_commitments": {
        "en": "Scatter the commitments of {measure} by {spread} (seed {seed})",
        "zh": "{measure} 的承诺随机波动 {spread}（种子 {seed}）",
    },
    "change.attrition": {
        "en": "Let {rate} of the reps leave at random (seed {seed})",
        "zh": "随机 {rate} 的销售人员离职（种子 {seed}）",
    },
    "change.set": {"en": "Set {path} to {value}", "zh": "将 {path} 设为 {value}"},
}
