"""Plans whose files cannot be read as tables, or hold cells that are not values."""

from tests.allocator.plan.edits import (
    HISTORY_END,
    add,
    broken,
    encoded,
    every,
    swap,
    whole,
    with_column,
    without_column,
)
from tests.plans import ORG

FILES = (
    broken("no org", {"org": whole(None)}, "org.csv:0 - missing-file"),
    broken("empty org", {"org": whole("")}, "org.csv:0 - empty-file"),
    broken(
        "org without rows",
        {
            "org": whole(ORG.split("\n")[0] + "\n"),
            "history": whole(None),
            "plan": swap("{growth: 0.15}", "1000"),
            "commitments": whole(None),
            "potential": whole(None),
            "pins": whole(None),
            "rules": whole(None),
        },
        "plan.yaml:13 over_assignment.region unknown-level",
        "plan.yaml:13 over_assignment.rep unknown-level",
        "org.csv:0 - no-rows",
    ),
    broken("gbk without saying so", {"org": encoded("gbk")}, "org.csv:0 - wrong-encoding"),
    broken(
        "broken utf-16", {"org": lambda text: text.encode("utf-16") + b"\x00"}, "org.csv:0 - wrong-encoding"
    ),
    broken("utf-16 without a mark", {"org": encoded("utf-16-le")}, "org.csv:0 - wrong-encoding"),
    broken(
        "a workbook named csv", {"potential": whole(b"PK\x03\x04 something")}, "potential.csv:0 - not-text"
    ),
    broken("nul bytes", {"potential": swap("e11,*", "e1\x001,*")}, "potential.csv:2 - nul-byte"),
    broken("semicolons", {"pins": every(",", ";")}, "pins.csv:1 - wrong-delimiter"),
    broken("tabs", {"calendar": every(",", "\t")}, "calendar.csv:1 - wrong-delimiter"),
    broken("row too long", {"pins": swap("400000,", "400,000,")}, "pins.csv:2 - ragged-row"),
    broken("row too short", {"potential": add("e11,road,revenue")}, "potential.csv:13 - ragged-row"),
    broken(
        "quote never closed",
        {"pins": swap("contract signed", '"contract signed')},
        "pins.csv:2 - unbalanced-quote",
    ),
    broken("header without a column", {"pins": without_column("amount")}, "pins.csv:1 amount missing-column"),
    broken(
        "column twice",
        {"calendar": with_column("working_days", "3")},
        "calendar.csv:1 working_days duplicate-column",
    ),
    broken(
        "unknown column", {"potential": with_column("segmnt", "x")}, "potential.csv:1 segmnt unknown-column"
    ),
    broken(
        "cells without a column name",
        {
            "calendar": lambda text: (
                text.replace("_days\n", "_days,\n")
                .replace("23\n", "23,x\n", 1)
                .replace("22\n", "22,\n")
                .replace("21\n", "21,\n")
                .replace("18\n", "18,\n")
                .replace("17\n", "17,\n")
                .replace("20\n", "20,\n")
                .replace("19\n", "19,\n")
            )
        },
        "calendar.csv:2 - unnamed-column",
    ),
    broken(
        "text in a further product column",
        {"products": with_column("weight", "heavy")},
        *(f"products.csv:{row} weight not-a-number" for row in range(2, 8)),
    ),
)

CELLS = (
    broken("amount nan", {"pins": swap("400000", "NaN")}, "pins.csv:2 amount not-finite"),
    broken("amount infinite", {"pins": swap("400000", "-Infinity")}, "pins.csv:2 amount not-finite"),
    broken("amount 1e999", {"pins": swap("400000", "1e999")}, "pins.csv:2 amount too-large"),
    broken("amount grouped", {"pins": swap("400000", '"400,000"')}, "pins.csv:2 amount not-a-number"),
    broken("amount with a space", {"pins": swap("400000", "400 000")}, "pins.csv:2 amount not-a-number"),
    broken("amount with currency", {"pins": swap("400000", "¥400000")}, "pins.csv:2 amount not-a-number"),
    broken("percent", {"rules": swap("0.1,0.4", "10%,0.4")}, "rules.csv:6 min not-a-number"),
    broken("amount in words", {"pins": swap("400000", "TRUE")}, "pins.csv:2 amount not-a-number"),
    broken("amount with underscore", {"pins": swap("400000", "400_000")}, "pins.csv:2 amount not-a-number"),
    broken("full-width digits", {"pins": swap("400000", "４０００００")}, "pins.csv:2 amount not-a-number"),
    broken("excel error", {"pins": swap("400000", "#REF!")}, "pins.csv:2 amount excel-error"),
    broken(
        "excel error as an id",
        {"pins": swap("w11,", "#N/A,")},
        "pins.csv:2 node_id excel-error",
        "pins.csv:2 node_id unknown-node",
    ),
    broken("pin without amount", {"pins": swap("400000", "")}, "pins.csv:2 amount missing-value"),
    broken(
        "history without amount",
        {"history": add("2019-06,e11,road,revenue,,extra")},
        f"history.csv:{HISTORY_END} amount missing-value",
    ),
    broken(
        "month with slash",
        {"calendar": swap("2019-07", "2019/7")},
        "calendar.csv:0 period missing-month",
        "calendar.csv:2 period bad-month",
    ),
    broken(
        "day as a month",
        {"history": add("2019-06-01,e11,road,revenue,5,extra")},
        f"history.csv:{HISTORY_END} period bad-month",
    ),
    broken(
        "excel serial as a month",
        {"history": add("43617,e11,road,revenue,5,extra")},
        f"history.csv:{HISTORY_END} period bad-month",
    ),
    broken(
        "month 13",
        {"history": add("2018-13,e11,road,revenue,5,extra")},
        f"history.csv:{HISTORY_END} period bad-month",
    ),
    broken("impossible day", {"org": swap("2019-06-01", "2019-06-31")}, "org.csv:14 start bad-date"),
    broken("date with slashes", {"org": swap("2016-01-04", "2016/1/4")}, "org.csv:10 start bad-date"),
    broken(
        "end before start",
        {"org": swap("2016-09-01,", "2016-09-01,2016-01-01")},
        "org.csv:11 end end-before-start",
    ),
    broken("ramp unreadable", {"org": swap("0/0.25/0.5", "fast")}, "org.csv:14 ramp bad-ramp"),
    broken("ramp above 1", {"org": swap("0/0.25/0.5", "0/25/50")}, "org.csv:14 ramp bad-ramp"),
    broken(
        "line break in an id", {"org": add('"e\n99",e1,rep,X,,,,,,,')}, "org.csv:21 node_id bad-character"
    ),
)
