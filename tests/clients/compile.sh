#!/usr/bin/env bash
# Lints docs/openapi.json and compiles the clients that four generators make of it; the first fault ends it.
# Needed: Python with venv, Node.js 20 with npm, Java 17 with javac and, of Debian, libhttpmime-java and
# libgeronimo-annotation-1.3-spec-java (the rest of what the Java client needs is in the generator).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
project="$(cd "$here/../.." && pwd)"
document="$project/docs/openapi.json"
out="$project/out/clients"
mkdir -p "$out"
cd "$out"

cp "$here/package.json" "$here/redocly.yaml" .
npm install --silent --no-audit --no-fund
[ -x venv/bin/openapi-python-client ] || python3 -m venv venv
venv/bin/pip install --quiet -r "$here/requirements.txt"
jar="$(echo venv/lib/python3*/site-packages/openapi_generator_cli/openapi-generator.jar)"
rm -rf made && mkdir made

echo "redocly, openapi-spec-validator"
npx redocly lint --config redocly.yaml "$document"
venv/bin/openapi-spec-validator "$document"

echo "openapi-typescript"
npx openapi-typescript "$document" -o made/document.ts
npx tsc --noEmit --strict made/document.ts

echo "openapi-generator: typescript-fetch"
java -jar "$jar" generate -g typescript-fetch -i "$document" -o made/fetch >made/fetch.log 2>&1
npx tsc --noEmit --strict --target es2020 --module esnext --moduleResolution bundler --lib es2020,dom made/fetch/index.ts

echo "openapi-generator: java"
java -jar "$jar" generate -g java --library native -p openApiNullable=false,useJakartaEe=false \
    -i "$document" -o made/java >made/java.log 2>&1
of_debian=/usr/share/java
libraries="$jar:$of_debian/httpmime.jar:$of_debian/httpcore.jar:$of_debian/geronimo-annotation-1.3-spec.jar"
find made/java/src/main -name '*.java' >made/java.sources
javac -nowarn -d made/java/classes -cp "$libraries" @made/java.sources

echo "openapi-python-client"
PATH="$project/.venv/bin:$PATH" venv/bin/openapi-python-client generate --path "$document" \
    --config "$here/openapi-python-client.yaml" --output-path made/python --fail-on-warning
(cd made/python && "$out/venv/bin/python" - <<'PYTHON'
import importlib, pathlib
package = next(path.parent for path in pathlib.Path().glob("*/client.py"))
modules = [".".join(path.with_suffix("").parts) for path in package.rglob("*.py")]
for module in modules:
    importlib.import_module(module.removesuffix(".__init__"))
print(f"{len(modules)} modules imported")
PYTHON
)
if grep -q "Inline schema created" made/fetch.log made/java.log; then
    echo "a schema has no name:" && grep -h "Inline schema created" made/fetch.log made/java.log && exit 1
fi
echo "All clients compile."
