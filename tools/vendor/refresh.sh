#!/bin/sh
# Bring the vendored browser files up to date. Needs npm and a set-up .venv; running the platform needs neither.
# After a change of version: edit the numbers here and in the templates, run, look at /design/, commit.
set -eu
ECHARTS=6.1.0 LUCIDE=1.62.0 ESBUILD=0.28.2 HTMX=2.0.10
here=$(cd "$(dirname "$0")" && pwd)
static=$here/../../sanfu/web/static/sanfu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/echarts.entry.js" "$work/entry.js"
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "echarts@$ECHARTS" "lucide-static@$LUCIDE" "esbuild@$ESBUILD"
node node_modules/esbuild/install.js
banner="/*! Apache ECharts $ECHARTS, custom build; Apache-2.0, https://echarts.apache.org */"
node_modules/.bin/esbuild entry.js --bundle --minify --format=esm --legal-comments=none --log-level=warning \
    "--banner:js=$banner" "--outfile=$static/vendor/echarts-$ECHARTS.custom.min.js"
python3 "$here/icons.py" node_modules/lucide-static "$static/icons.svg"

cd "$here/../.."
shipped=$(.venv/bin/python -c "import django_htmx; print(django_htmx.__path__[0])")/static/django_htmx/htmx-2.min.js
grep -q "version:\"$HTMX\"" "$shipped" || { echo "django-htmx ships another htmx 2 than $HTMX" >&2; exit 1; }
cp "$shipped" "$static/vendor/htmx-$HTMX.min.js"

{
    echo "# file version sha256 licence source"
    cd "$static/vendor"
    for file in *.js; do
        sum=$(sha256sum "$file" | cut -d' ' -f1)
        case $file in
        htmx-*) echo "$file $HTMX $sum 0BSD htmx.org, as shipped by django-htmx" ;;
        echarts-*) echo "$file $ECHARTS $sum Apache-2.0 echarts, custom build: tools/vendor/refresh.sh" ;;
        *) echo "unknown vendored file: $file" >&2; exit 1 ;;
        esac
    done
} >"$static/vendor/vendor.lock.new"
mv "$static/vendor/vendor.lock.new" "$static/vendor/vendor.lock"
