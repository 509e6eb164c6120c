"""The look of the page: on a screen by day and by night, and on A4 paper."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--back:#eef1f6;--ink:#1c2740;--soft:#5c6880;--line:#dfe4ed;
--head:#1f3864;--tint:#f4f6fa;--up:#2f8f83;--down:#c65d3b;--base:#51688f;--total:#1f3864;--warm:200,90,45;
--cool:38,104,178;--good:#1e7a4b;--bad:#b3261e;--accent:#b8862b}
@media (prefers-color-scheme:dark){:root{--paper:#171c26;--back:#0e1218;--ink:#e4e9f2;--soft:#9aa6ba;
--line:#2c3443;--head:#a9c1ee;--tint:#1e2530;--up:#4fb3a5;--down:#e08763;--base:#7d97c4;--total:#a9c1ee;
--good:#5cc48d;--bad:#f08a80;--accent:#dcb25c;--warm:226,120,70;--cool:80,145,215}}
*{box-sizing:border-box}
html{background:var(--back)}
body{margin:0 auto;max-width:1120px;background:var(--paper);color:var(--ink);padding:0 48px 56px;
font:15px/1.55 "Segoe UI","Helvetica Neue",Arial,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",
"Noto Sans SC",sans-serif;font-variant-numeric:tabular-nums lining-nums}
header{margin:0 -48px 0;padding:44px 48px 30px;border-top:8px solid var(--head);
border-bottom:1px solid var(--line);background:var(--tint)}
header h1{margin:2px 0 8px;font-size:31px;line-height:1.2;color:var(--head);font-weight:650}
header .over{color:var(--accent);font-weight:600;letter-spacing:.06em;font-size:13px}
header .facts{color:var(--soft);margin:0}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;padding:14px 0;font-size:13.5px;
border-bottom:1px solid var(--line)}
nav a{color:var(--soft);text-decoration:none}
nav a:hover{color:var(--head);text-decoration:underline}
section{padding-top:34px}
h2{font-size:22px;margin:0 0 6px;color:var(--head);font-weight:650}
h3{font-size:16.5px;margin:28px 0 8px;font-weight:650}
h4{font-size:14px;margin:20px 0 6px;font-weight:650}
p{margin:6px 0 10px;max-width:86ch}
.lead,.note{color:var(--soft)}
.note{font-size:13px}
.unit{color:var(--soft);font-weight:400;font-size:13px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));gap:12px;margin:14px 0 6px}
.card{border:1px solid var(--line);border-radius:8px;padding:13px 16px 11px;background:var(--tint)}
.card .what{color:var(--soft);font-size:13px}
.card .value{font-size:25px;font-weight:650;color:var(--head);line-height:1.25}
.card .more{font-size:12.5px;color:var(--soft)}
.checks{list-style:none;padding:0;margin:14px 0;display:grid;gap:5px}
.checks li{padding-left:26px;position:relative}
.checks li:before{position:absolute;left:2px;font-weight:700}
.checks .ok:before{content:"\\2713";color:var(--good)}
.checks .none:before{content:"\\2013";color:var(--soft)}
.checks .warn:before{content:"!";color:var(--accent);left:6px}
.checks .bad:before{content:"\\2717";color:var(--bad)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;margin:8px 0 12px}
th{font-weight:600;text-align:right;color:var(--soft);border-bottom:1.5px solid var(--line);padding:6px 8px;
vertical-align:bottom;line-height:1.3}
td{text-align:right;padding:5px 8px;border-bottom:1px solid var(--line);vertical-align:top;
white-space:nowrap}
td:first-child,td.words,td.why{white-space:normal}
th:first-child,td:first-child,.words{text-align:left}
tr.sum td{font-weight:650;background:var(--tint)}
tr.sub td:first-child{padding-left:24px}
tr.head td:first-child{font-weight:650}
.heat tr.head td{border-top-width:9px}
td.minus{color:var(--down)}
.heat td{text-align:center;vertical-align:middle;padding:5px 6px;line-height:1.3;
border:2px solid var(--paper)}
.heat td:first-child{text-align:left;border-bottom-color:var(--paper)}
.heat th{text-align:center}
.heat th:first-child{text-align:left}
.heat b{display:block;font-weight:600}
.heat small{color:var(--soft);font-size:11.5px}
.heat tr.sum td:first-child{background:none}
.heat .all{border-left:8px solid var(--paper)}
.key{display:inline-block;width:15px;height:12px;border-radius:2px;vertical-align:-1px;margin:0 5px 0 12px}
.fall{table-layout:fixed}
.fall td{vertical-align:middle;border-bottom:0;padding:2px 8px}
.fall col.name{width:142px}.fall col.bar{width:33%}.fall col.amount{width:132px}
.fall td.why{text-align:left;color:var(--soft);font-size:12.5px;line-height:1.35}
.fall tr.end td{border-top:1.5px solid var(--line);font-weight:650}
.fall svg{display:block;width:100%;height:19px}
.strips td{vertical-align:middle}
.strips th:nth-child(3),.strips td:nth-child(3){text-align:center}
.strips svg{display:inline-block;vertical-align:middle;max-width:100%}
.pill{display:inline-block;border-radius:9px;padding:0 9px;font-size:12px;white-space:nowrap;
border:1px solid currentColor}
.pill.relaxed{color:var(--bad)}.pill.binding{color:var(--base)}
svg text{font:11px "Segoe UI",Arial,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
fill:var(--soft)}
svg text.inside{fill:#fff}
svg .up{fill:var(--up)}svg .down{fill:var(--down)}svg .base{fill:var(--base)}svg .total{fill:var(--total)}
svg .rule{stroke:var(--line);stroke-width:1}svg .one{stroke:var(--accent);stroke-width:1.5}
svg .dot{fill:var(--base);fill-opacity:.45}svg .box{fill:var(--base);fill-opacity:.16}
svg .mid{stroke:var(--total);stroke-width:2}
svg .cut{stroke:var(--paper);stroke-width:3}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 36px}
.mono{font:12.5px/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 22px;margin:8px 0;font-size:13.5px}
dt{color:var(--soft)}dd{margin:0}
footer{margin-top:44px;border-top:1px solid var(--line);padding-top:12px;color:var(--soft);font-size:12.5px}
@media (max-width:760px){body{padding:0 16px 32px}header{margin:0 -16px;padding:28px 16px 20px}
.two{display:block}.fall col.bar{width:24%}}
@page{size:A4;margin:14mm 13mm}
@media print{:root{color-scheme:light;--paper:#fff;--back:#fff;--ink:#1c2740;--soft:#4d586d;--line:#d5dbe6;
--head:#1f3864;--tint:#f4f6fa;--up:#2f8f83;--down:#c65d3b;--base:#51688f;--total:#1f3864;--good:#1e7a4b;
--bad:#b3261e;--accent:#9a6d1b;--warm:200,90,45;--cool:38,104,178}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
html,body{background:#fff}body{max-width:none;padding:0;font-size:10.5pt}
header{margin:0;padding:10mm 6mm 6mm}nav{display:none}section{padding-top:8mm}
h2,h3,h4{break-after:avoid}tr,.card,.fall{break-inside:avoid}thead{display:table-header-group}
table{font-size:9pt}
.cards{grid-template-columns:repeat(4,1fr)}.card .value{font-size:15pt}
.scroll{overflow:visible}section.page{break-before:page;padding-top:0}}
"""
