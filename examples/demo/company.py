"""The people and products of the demo company, Lanhai Instruments (蓝海仪器, invented)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

COMPANY = "lanhai"
REGIONS = (
    ("east", "E", "华东大区 East", 1.25, "陈海燕 Chen Haiyan"),
    ("north", "N", "华北大区 North", 1.0, "赵国强 Zhao Guoqiang"),
    ("south", "S", "华南大区 South", 1.1, "黄丽 Huang Li"),
    ("west", "W", "西部大区 West", 0.75, "Peter Schneider"),
)
CITIES = {
    "E": "上海 Shanghai,杭州 Hangzhou,南京 Nanjing,苏州 Suzhou,宁波 Ningbo,合肥 Hefei,无锡 Wuxi,"
    "济南 Jinan,青岛 Qingdao",
    "N": "北京 Beijing,天津 Tianjin,石家庄 Shijiazhuang,太原 Taiyuan,沈阳 Shenyang,大连 Dalian,"
    "长春 Changchun",
    "S": "广州 Guangzhou,深圳 Shenzhen,东莞 Dongguan,佛山 Foshan,厦门 Xiamen,福州 Fuzhou,"
    "长沙 Changsha,南宁 Nanning",
    "W": "成都 Chengdu,重庆 Chongqing,西安 Xi'an,昆明 Kunming,贵阳 Guiyang,兰州 Lanzhou",
}
SURNAMES = (
    "王 Wang,李 Li,张 Zhang,刘 Liu,陈 Chen,杨 Yang,赵 Zhao,黄 Huang,周 Zhou,吴 Wu,徐 Xu,孙 Sun,胡 Hu,朱 Zhu,"
    "高 Gao,林 Lin,何 He,郭 Guo,马 Ma,罗 Luo,梁 Liang,宋 Song,郑 Zheng,谢 Xie,韩 Han,唐 Tang,冯 Feng,于 Yu,"
    "董 Dong,萧 Xiao,程 Cheng,曹 Cao,袁 Yuan,邓 Deng,许 Xu,傅 Fu,沈 Shen,曾 Zeng,彭 Peng,吕 Lü,欧阳 Ouyang"
)
GIVEN_NAMES = (
    "伟 Wei,芳 Fang,娜 Na,敏 Min,静 Jing,丽 Li,强 Qiang,磊 Lei,军 Jun,洋 Yang,勇 Yong,艳 Yan,杰 Jie,娟 Juan,"
    "涛 Tao,明 Ming,超 Chao,霞 Xia,平 Ping,刚 Gang,晓明 Xiaoming,建华 Jianhua,志强 Zhiqiang,海燕 Haiyan,"
    "雪梅 Xuemei,子轩 Zixuan,雨桐 Yutong,浩然 Haoran,思远 Siyuan,佳怡 Jiayi,文博 Wenbo,嘉豪 Jiahao"
)
# Roles of a team's seats: two key account managers, two inside sellers, field sellers between.
ROLE_SIZE = {"key": 1.7, "field": 1.0, "inside": 0.55}
RAMP = "0.25/0.5/0.75"
# Seats by their place in the list of all seats.
OPEN_SEATS = (27, 88, 141, 190, 236, 281)
NEW_OPEN_SEATS = (27, 141, 236)
LEAVERS = {44: "2025-03-31", 101: "2025-06-30", 158: "2025-08-31", 207: "2025-09-30", 262: "2025-11-30"}
LEAVES_IN_PLAN = {73: "2026-06-30"}
NEW_REPS = {
    15: "2025-07-01",
    36: "2025-08-01",
    58: "2025-08-15",
    96: "2025-09-01",
    123: "2025-09-15",
    149: "2025-10-01",
    176: "2025-10-15",
    199: "2025-11-01",
    222: "2025-11-17",
    251: "2025-12-01",
    66: "2026-01-05",
    133: "2026-02-24",
    213: "2026-03-02",
    293: "2026-04-01",
}
SECOND_YEAR_REPS = {
    8: "2024-04-01",
    81: "2024-07-01",
    167: "2024-09-01",
    243: "2024-05-01",
    275: "2024-10-01",
}

PRODUCT_LINES = (
    ("analytical", "分析仪器 Analytical instruments"),
    ("life-science", "生命科学 Life science"),
    ("industrial", "工业检测 Industrial testing"),
    ("service", "服务与耗材 Service and consumables"),
)
# id, line, name, margin, effort (hours per CNY), share of sales, growth per year, share of sellers
PRODUCTS = (
    ("chroma", "analytical", "色谱 Chromatography", 0.38, 0.00034, 0.19, 1.04, 0.8),
    ("spectro", "analytical", "光谱 Spectroscopy", 0.41, 0.00030, 0.13, 1.06, 0.7),
    ("massspec", "analytical", "质谱 Mass spectrometry", 0.33, 0.00042, 0.16, 1.13, 0.5),
    ("pcr", "life-science", "PCR 仪 PCR systems", 0.44, 0.00036, 0.10, 0.93, 0.6),
    ("imaging", "life-science", "成像系统 Imaging", 0.47, 0.00045, 0.08, 1.10, 0.45),
    ("cells", "life-science", "细胞分析 Cell analysis", 0.52, 0.00052, 0.04, 1.28, 0.4),
    ("metal", "industrial", "金属检测 Metal analysis", 0.29, 0.00031, 0.09, 1.02, 0.5),
    ("xray", "industrial", "X 射线 X-ray", 0.31, 0.00033, 0.06, 1.05, 0.4),
    ("portable", "industrial", "便携质谱 Portable MS", 0.36, 0.00060, 0.0, 1.0, 0.0),
    ("consumables", "service", "耗材 Consumables", 0.58, 0.00018, 0.09, 1.08, 0.85),
    ("contracts", "service", "维保合同 Service contracts", 0.62, 0.00022, 0.05, 1.10, 0.6),
    ("training", "service", "培训 Training", 0.35, 0.00040, 0.01, 1.0, 0.35),
)


@dataclass(frozen=True)
class Company:
    """The org and product tables and the seats of the sellers in org order.

    Parameters
    ----------
    org, products
        org.csv and products.csv.
    seats
        One row per leaf of the org: node_id, team, region, role (key, field, inside),
        start, end (text, "" = not given), is_open, size (relative productivity of the seat).
    """

    org: pd.DataFrame
    products: pd.DataFrame
    seats: pd.DataFrame


def build_company(random: np.random.Generator) -> Company:
    """Return the company: 4 regions, 30 teams, 300 seats, 12 product lines under 4 groups."""
    seats = _seats(random)
    return Company(_org(seats, random), _products(), seats)


def _seats(random: np.random.Generator) -> pd.DataFrame:
    """Lay out the seats of each team and who sits there since when."""
    sizes = np.tile([10, 12, 9, 10, 8, 11], 5)
    rows: list[dict[str, Any]] = []
    for region, letter, _, factor, _ in REGIONS:
        for rank, _ in enumerate(CITIES[letter].split(","), start=1):
            count = int(sizes[len({row["team"] for row in rows})])
            team_factor = factor * (1.35 if rank <= 2 else 1.0)
            for seat in range(1, count + 1):
                role = "key" if seat <= 2 else "inside" if seat > count - 2 else "field"
                rows.append(
                    {
                        "node_id": f"{letter}{rank:02d}{seat:02d}",
                        "team": f"{letter}{rank:02d}",
                        "region": region,
                        "role": role,
                        "size": team_factor * ROLE_SIZE[role],
                    }
                )
    seats = pd.DataFrame(rows)
    seats["size"] *= np.exp(0.28 * random.standard_normal(len(seats)))
    year, month = random.integers(2009, 2023, len(seats)), random.integers(1, 13, len(seats))
    seats["start"] = [f"{y}-{m:02d}-01" for y, m in zip(year, month, strict=True)]
    seats["end"] = ""
    seats["is_open"] = False
    for place, start in (NEW_REPS | SECOND_YEAR_REPS).items():
        seats.loc[place, "start"] = start
    for place, end in (LEAVERS | LEAVES_IN_PLAN).items():
        seats.loc[place, "end"] = end
    seats.loc[list(OPEN_SEATS), "is_open"] = True
    seats.loc[list(OPEN_SEATS), "start"] = ""
    seats.loc[list(NEW_OPEN_SEATS), "start"] = "2026-04-01"
    return seats


def _names(count: int, random: np.random.Generator) -> list[tuple[str, str]]:
    """Draw (name, e-mail name) of people: Chinese with pinyin."""
    surname = random.integers(0, SURNAMES.count(",") + 1, count)
    given = random.integers(0, GIVEN_NAMES.count(",") + 1, count)
    surnames, given_names = SURNAMES.split(","), GIVEN_NAMES.split(",")
    drawn = []
    for s, g in zip(surname, given, strict=True):
        (family, family_latin), (own, own_latin) = surnames[s].split(), given_names[g].split()
        mail = f"{own_latin}.{family_latin}".lower().replace("ü", "v")
        drawn.append((f"{family}{own} {family_latin} {own_latin}", mail))
    return drawn


def _org(seats: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return org.csv in reading order: each region with its teams and their seats."""
    people = _names(len(seats), random)
    rows: list[dict[str, str]] = [
        {"node_id": COMPANY, "parent_id": "", "level": "company", "name": "蓝海仪器 Lanhai Instruments"}
    ]
    for region, letter, name, _, head in REGIONS:
        rows.append({"node_id": region, "parent_id": COMPANY, "level": "region", "name": f"{name} ({head})"})
        for rank, city in enumerate(CITIES[letter].split(","), start=1):
            team = f"{letter}{rank:02d}"
            hanzi, latin = city.split(maxsplit=1)
            rows.append(
                {"node_id": team, "parent_id": region, "level": "team", "name": f"{hanzi}团队 {latin} team"}
            )
            places = np.flatnonzero(seats["team"].to_numpy() == team).tolist()
            rows += [_leaf(place, seats.iloc[place], people[place]) for place in places]
    return pd.DataFrame(rows).fillna("")


def _leaf(place: int, seat: pd.Series, person: tuple[str, str]) -> dict[str, str]:
    """Return the org row of one seat."""
    name, mail = person
    is_ramping = place in NEW_REPS or place in NEW_OPEN_SEATS
    who = {
        "name": "空缺 Open seat" if seat["is_open"] else name,
        "employee_id": "" if seat["is_open"] else f"{10_001 + place}",
        "role": "open" if seat["is_open"] else seat["role"],
        "email": "" if seat["is_open"] else f"{mail}.{place + 1}@example.com",
    }
    return {
        "node_id": seat["node_id"],
        "parent_id": seat["team"],
        "level": "rep",
        **who,
        "start": seat["start"],
        "end": seat["end"],
        "ramp": RAMP if is_ramping else "",
        "peer_group": seat["role"],
    }


def _products() -> pd.DataFrame:
    """Return products.csv: four groups, three product lines in each."""
    rows: list[dict[str, object]] = []
    for line, name in PRODUCT_LINES:
        rows.append({"product_id": line, "parent_id": "", "name": name})
        rows += [
            {
                "product_id": product,
                "parent_id": line,
                "name": text,
                "margin": margin,
                "effort": f"{effort:.5f}",
            }
            for product, parent, text, margin, effort, *_ in PRODUCTS
            if parent == line
        ]
    return pd.DataFrame(rows)
