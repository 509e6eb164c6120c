"""What the service answers when it refuses: what is wrong, and what to do."""

TEXTS = {
    "problem.bad-json": {
        "en": "The body is not acceptable JSON: {reason}.",
        "zh": "请求正文不是可接受的 JSON：{reason}。",
    },
    "problem.bad-json.hint": {
        "en": "Send UTF-8 JSON with finite numbers, unique keys and no control characters NUL.",
        "zh": "请发送 UTF-8 编码的 JSON：数值有限、键不重复、不含 NUL 字符。",
    },
    "problem.unauthorized": {
        "en": "Nobody is known by these credentials.",
        "zh": "凭据无效或缺失。",
    },
    "problem.unauthorized.hint": {
        "en": "Send `Authorization: Bearer` with an API key or a token from POST /v1/auth/token.",
        "zh": "请在 `Authorization: Bearer` 中提供 API 密钥，或由 POST /v1/auth/token 取得的令牌。",
    },
    "problem.forbidden": {
        "en": "The role {role} may not do this.",
        "zh": "角色 {role} 无权执行此操作。",
    },
    "problem.forbidden.hint": {
        "en": "Roles that may: {roles}.",
        "zh": "有权的角色：{roles}。",
    },
    "problem.not-found": {
        "en": "There is nothing here that you may see.",
        "zh": "此处没有您可查看的内容。",
    },
    "problem.not-found.hint": {
        "en": "Check the address and the id.",
        "zh": "请检查地址和编号。",
    },
    "problem.method-not-allowed": {
        "en": "This address does not know {method}.",
        "zh": "此地址不支持 {method}。",
    },
    "problem.method-not-allowed.hint": {
        "en": "It knows {allow}.",
        "zh": "支持的方法：{allow}。",
    },
    "problem.conflict": {
        "en": "The name {name} is taken.",
        "zh": "名称 {name} 已被占用。",
    },
    "problem.conflict.hint": {"en": "Choose another name.", "zh": "请换一个名称。"},
    "problem.has-children": {
        "en": "{count} scenario(s) build on this one: {names}.",
        "zh": "有 {count} 个情景以此情景为基础：{names}。",
    },
    "problem.has-children.hint": {
        "en": "Delete those first, or give them another parent.",
        "zh": "请先删除它们，或为其指定其他上级情景。",
    },
    "problem.ended": {
        "en": "The run has ended: {state}.",
        "zh": "运行已结束：{state}。",
    },
    "problem.ended.hint": {
        "en": "Only a run that waits or works can be stopped.",
        "zh": "只有等待中或运行中的任务可以停止。",
    },
    "problem.not-ended": {
        "en": "The run has not ended: {state}.",
        "zh": "运行尚未结束：{state}。",
    },
    "problem.not-ended.hint": {
        "en": "Ask again after the seconds in Retry-After, or follow its events.",
        "zh": "请在 Retry-After 所示秒数后再试，或订阅其事件。",
    },
    "problem.no-result": {
        "en": "The run ended without this: {state}.",
        "zh": "运行已结束，但没有此内容：{state}。",
    },
    "problem.no-result.hint": {
        "en": "See `status`, `reason` and `files` of the run.",
        "zh": "请查看该运行的 `status`、`reason` 和 `files`。",
    },
    "problem.not-this-release": {
        "en": "The release has {rows} rows and the sha256 {sha256}; something else was acknowledged.",
        "zh": "该发布共 {rows} 行，sha256 为 {sha256}；确认内容与之不符。",
    },
    "problem.not-this-release.hint": {
        "en": "Pull the release again and compare before you acknowledge it.",
        "zh": "请重新拉取该发布并核对后再确认。",
    },
    "problem.release-refused": {
        "en": "Nothing was released: {count} thing(s) speak against it.",
        "zh": "未发布：存在 {count} 个阻碍。",
    },
    "problem.release-refused.hint": {
        "en": "Mend what `errors` lists, or run the plan again, and publish then.",
        "zh": "请修正 `errors` 中列出的问题或重新运行计划，然后再发布。",
    },
    "problem.list-changed": {
        "en": "What this list shows has changed since its first page; this page would not belong to it.",
        "zh": "自读取首页以来，该列表的内容已发生变化；后续页与首页不再属于同一版本。",
    },
    "problem.list-changed.hint": {
        "en": "Begin again at {address}, or ask for more at once with `limit`.",
        "zh": "请从 {address} 重新读取，或用 `limit` 增加每页条数。",
    },
    "problem.stale": {
        "en": "It was changed since you read it.",
        "zh": "读取之后内容已被他人修改。",
    },
    "problem.stale.hint": {
        "en": "Read it again and send its new ETag in If-Match.",
        "zh": "请重新读取，并在 If-Match 中发送新的 ETag。",
    },
    "problem.body-too-large": {
        "en": "The body is larger than {limit} bytes.",
        "zh": "请求正文超过 {limit} 字节。",
    },
    "problem.body-too-large.hint": {
        "en": "Send less at once.",
        "zh": "请减少单次发送的内容。",
    },
    "problem.body-too-slow": {
        "en": "The body did not arrive in time.",
        "zh": "请求正文未能及时到达。",
    },
    "problem.body-too-slow.hint": {
        "en": "Send it again over a faster connection, or in smaller parts.",
        "zh": "请改用更快的网络重新发送，或分批发送。",
    },
    "problem.wrong-media-type": {
        "en": "Bodies of type {sent} are not read here.",
        "zh": "此处不接受类型 {sent} 的正文。",
    },
    "problem.wrong-media-type.hint": {
        "en": "Send {accepted}.",
        "zh": "请发送 {accepted}。",
    },
    "problem.invalid": {
        "en": "The request does not have the right form: {count} fault(s).",
        "zh": "请求格式有误：共 {count} 处。",
    },
    "problem.invalid.hint": {
        "en": "Mend what `errors` lists.",
        "zh": "请修正 `errors` 中列出的内容。",
    },
    "problem.unavailable": {
        "en": "{part} does not answer at the moment.",
        "zh": "{part} 目前没有响应。",
    },
    "problem.unavailable.hint": {
        "en": "Try again in a little while; Retry-After says when.",
        "zh": "请稍后重试，时间见 Retry-After。",
    },
    "problem.refused-address": {
        "en": "Nothing is sent to this address: {reason}.",
        "zh": "不向该地址发送：{reason}。",
    },
    "problem.refused-address.hint": {
        "en": "Name a public https address, or let the operator list the host in ALLOCATOR_WEBHOOK_HOSTS.",
        "zh": "请使用公网 https 地址，或由管理员在 ALLOCATOR_WEBHOOK_HOSTS 中列出该主机。",
    },
    "problem.runs-not-ended": {
        "en": "{count} run(s) of this experiment have not ended.",
        "zh": "该实验还有 {count} 个运行尚未结束。",
    },
    "problem.runs-not-ended.hint": {
        "en": "Wait until `ended` equals `runs`, then ask again.",
        "zh": "请等到 `ended` 等于 `runs` 后再试。",
    },
    "problem.plan-at-fault": {
        "en": "The plan cannot be used as it stands: {count} fault(s).",
        "zh": "该计划目前无法使用：共 {count} 处问题。",
    },
    "problem.plan-at-fault.hint": {
        "en": "Mend what `errors` lists by file, row and column.",
        "zh": "请按 `errors` 中列出的文件、行、列逐一修正。",
    },
    "problem.key-reused": {
        "en": "This Idempotency-Key was used for another request.",
        "zh": "该 Idempotency-Key 已用于另一请求。",
    },
    "problem.key-reused.hint": {
        "en": "Use a new key for a new request.",
        "zh": "新请求请使用新的键。",
    },
    "problem.condition-missing": {
        "en": "The header If-Match is missing.",
        "zh": "缺少 If-Match 请求头。",
    },
    "problem.condition-missing.hint": {
        "en": "Read it first and send its ETag in If-Match.",
        "zh": "请先读取，并在 If-Match 中发送其 ETag。",
    },
    "problem.too-many": {"en": "Too many requests.", "zh": "请求过于频繁。"},
    "problem.too-many.hint": {
        "en": "Wait {seconds} second(s).",
        "zh": "请等待 {seconds} 秒。",
    },
    "problem.beyond-scope": {
        "en": "The plan reaches beyond your part of the company.",
        "zh": "该计划超出您负责的组织范围。",
    },
    "problem.beyond-scope.hint": {
        "en": "Ask somebody whose account sees the whole company.",
        "zh": "请联系账户范围覆盖全公司的同事。",
    },
    "problem.not-acceptable": {
        "en": "This cannot be answered in the format that you ask for.",
        "zh": "无法以您要求的格式返回内容。",
    },
    "problem.not-acceptable.hint": {
        "en": "Offered here: {offered}.",
        "zh": "此处可用：{offered}。",
    },
    "problem.unreadable-file": {
        "en": "The file is not readable as {format}.",
        "zh": "无法将文件读取为 {format}。",
    },
    "problem.unreadable-file.hint": {
        "en": "Send the file under its true type; save it again if it is damaged or has a password.",
        "zh": "请以文件的真实类型发送；若文件损坏或设有密码，请重新保存。",
    },
    "problem.unwelcome-file": {
        "en": "The file holds something that no plan needs and that can do harm: {found}.",
        "zh": "文件包含计划不需要且可能有害的内容：{found}。",
    },
    "problem.unwelcome-file.hint": {
        "en": "Write the file anew from the program that you trust, with plain files in one folder.",
        "zh": "请用可信的程序重新生成文件，并将普通文件置于同一文件夹。",
    },
    "problem.file-too-large": {
        "en": "The file unpacks to more than {limit}.",
        "zh": "文件解压后超过 {limit}。",
    },
    "problem.file-too-large.hint": {
        "en": "Send large tables one by one as csv or Parquet.",
        "zh": "请将大表逐个以 csv 或 Parquet 发送。",
    },
    "problem.import-faulty": {
        "en": "The import has faults and cannot be committed.",
        "zh": "该导入存在问题，无法提交。",
    },
    "problem.import-faulty.hint": {
        "en": "Mend what GET /v1/imports/{import_id} lists and send the file again.",
        "zh": "请修正 GET /v1/imports/{import_id} 中列出的问题后重新发送文件。",
    },
    "problem.refused": {"en": "The request was refused.", "zh": "请求被拒绝。"},
    "problem.refused.hint": {
        "en": "See the documentation of this address.",
        "zh": "请查阅此地址的文档。",
    },
    "problem.failed": {
        "en": "The service failed; the fault is ours.",
        "zh": "服务内部出错，责任在我方。",
    },
    "problem.failed.hint": {
        "en": "Try again; if it lasts, report the request id.",
        "zh": "请重试；若持续出现，请报告请求编号。",
    },
    "serve.first_key": {
        "en": "First start. The admin key, shown this once:\n{secret}",
        "zh": "首次启动。管理员密钥仅显示这一次：\n{secret}",
    },
    "serve.demo_loaded": {
        "en": "The demo company is loaded, with one finished run. Users and keys (shown this once):",
        "zh": "演示公司已载入，并有一个已完成的运行。其用户与密钥如下（仅显示一次）：",
    },
    "serve.demo_there": {
        "en": "The demo company is there already; its keys were shown at its first start.",
        "zh": "演示公司已存在；其密钥已在首次启动时显示。",
    },
    "serve.demo_user": {"en": "User", "zh": "用户"},
    "serve.demo_role": {"en": "Role", "zh": "角色"},
    "serve.demo_scope": {"en": "Sees", "zh": "可见范围"},
    "serve.demo_key": {"en": "Key", "zh": "密钥"},
    "serve.listening": {
        "en": "Listening on http://{host}:{port}",
        "zh": "正在监听 http://{host}:{port}",
    },
}
