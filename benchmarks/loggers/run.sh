#!/bin/bash
# Logs planted values with real loggers and scores what stanch finds.
#
#   run.sh STANCH RESULTS [SEED [EVENTS]]
#
# What a run needs is installed below LOGGERS_CACHE by pip, npm, mvn, go and
# apt-get download; languages that are not on this machine are left out.
set -eu
stanch=$(realpath "$1")
results=$(realpath "$2")
seed=${3:-1}
events=${4:-2000}
here=$(cd "$(dirname "$0")" && pwd)
cache=${LOGGERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stanch-loggers}
mkdir -p "$cache"
plan=$cache/plan.jsonl
lines=$cache/lines
rm -rf "$lines"
mkdir -p "$lines"
have() { command -v "$1" >/dev/null || { echo "no $1: left out" >&2 && return 1; }; }

cd "$here/.."
go build -o "$cache/loggers" ./loggers
go build -o "$cache/golang" ./loggers/emit/golang
"$cache/loggers" plan -seed "$seed" -events "$events" "$plan"
"$cache/golang" "$plan" "$lines"

if have python3; then
	if [ ! -d "$cache/venv" ]; then
		python3 -m venv "$cache/venv"
		"$cache/venv/bin/pip" -q install structlog==25.4.0 loguru==0.7.3 python-json-logger==3.3.0
	fi
	"$cache/venv/bin/python" loggers/emit/python/emit.py "$plan" "$lines" 2>"$cache/python.err"
fi

if have npm; then
	mkdir -p "$cache/node"
	if [ ! -d "$cache/node/node_modules" ]; then
		echo '{}' >"$cache/node/package.json"
		npm --prefix "$cache/node" install --silent --no-audit --no-fund --ignore-scripts pino@9 pino-pretty@13 winston@3 bunyan@1
	fi
	(cd "$cache/node" && node "$here/emit/node/emit.mjs" "$plan" "$lines")
fi

if have mvn; then
	mkdir -p "$cache/java"
	cp -r "$here/emit/java/." "$cache/java/"
	mvn -q -B -f "$cache/java/pom.xml" compile dependency:copy-dependencies -DoutputDirectory="$cache/java/lib"
	java -cp "$cache/java/target/classes:$cache/java/lib/*" Emit "$plan" "$lines"
fi

# Ruby and PHP come as packages that are unpacked, not installed.
if have apt-get && have dpkg; then
	root=$cache/debian/root
	if [ ! -d "$root" ]; then
		mkdir -p "$root"
		(cd "$cache/debian" && apt-get -q download ruby3.1 libruby3.1 php8.2-cli php8.2-common php-monolog php-psr-log libsodium23 libargon2-1 >/dev/null 2>&1 || true)
		for p in "$cache"/debian/*.deb; do dpkg -x "$p" "$root"; done
	fi
	libs=$root/usr/lib/$(gcc -dumpmachine 2>/dev/null || echo x86_64-linux-gnu)
	export LD_LIBRARY_PATH=$libs
	if [ -x "$root/usr/bin/ruby3.1" ]; then
		RUBYLIB=$root/usr/lib/ruby/3.1.0:$libs/ruby/3.1.0 "$root/usr/bin/ruby3.1" --disable-gems loggers/emit/ruby/emit.rb "$plan" "$lines"
	fi
	if [ -x "$root/usr/bin/php8.2" ]; then
		"$root/usr/bin/php8.2" -n -d include_path="$root/usr/share/php" -d zend.exception_ignore_args=0 loggers/emit/php/emit.php "$plan" "$lines"
	fi
	unset LD_LIBRARY_PATH
fi

"$cache/loggers" score -stanch "$stanch" -plan "$plan" -lines "$lines" -out "$results" -misses "$cache/misses.jsonl"
