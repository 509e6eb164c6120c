"""What is said about the chances of targets."""

TEXTS = {
    "attainment.fail.at_goal_min": {
        "en": "{value} of the reps are expected to reach their target, at least {limit} should. {basis}",
        "zh": "预计 {value} 的人达成目标，应不低于 {limit}。{basis}",
    },
    "attainment.fail.at_goal_max": {
        "en": "{value} of the reps are expected to reach their target, at most {limit} should. {basis}",
        "zh": "预计 {value} 的人达成目标，应不高于 {limit}。{basis}",
    },
    "attainment.fail.company_min": {
        "en": "the company makes its total with probability {value}, at least {limit} is asked for. {basis}",
        "zh": "公司总目标达成概率为 {value}，要求不低于 {limit}。{basis}",
    },
    "smart.open_seat": {
        "en": "S: nobody owns it, the seat is open",
        "zh": "S：岗位空缺，没有责任人",
    },
    "smart.nothing_asked": {"en": "M: no amount is asked for", "zh": "M：没有数额"},
    "smart.unlikely": {"en": "A: its probability is too low", "zh": "A：达成概率过低"},
    "smart.above_capacity": {"en": "A: it lies above the capacity", "zh": "A：超出产能"},
    "smart.above_history": {
        "en": "A: it lies far above the best year on file",
        "zh": "A：远高于历史最好年份",
    },
    "smart.no_basis": {
        "en": "R: no sales, potential or commitment stand behind it",
        "zh": "R：没有历史、潜力或承诺作为依据",
    },
    "smart.leaves_early": {
        "en": "T: its owner leaves before the plan ends",
        "zh": "T：责任人在计划结束前离任",
    },
}
