#!/bin/bash
# Runs real programs as verbosely as they can and keeps what they say.
#
#   run.sh DIRECTORY SOURCE STANCH RESULTS
#
# Everything is installed, built and written below DIRECTORY; logs/ in it then
# holds one file for each program. What is not on this machine is left out, and
# a log that is there is kept. SOURCE is this project, as something to build.
# Then STANCH scans the logs and a table is written to RESULTS.
set -u
dir=$(mkdir -p "$1" && cd "$1" && pwd)
source=$(cd "$2" && pwd)
stanch=$(realpath "$3")
results=$(realpath "$4")
here=$(cd "$(dirname "$0")" && pwd)
logs=$dir/logs
cap=6000000 # bytes of one program, so that none outweighs the rest
mkdir -p "$logs"
cd "$dir" || exit 1

# say NAME COMMAND... keeps what the command prints.
say() {
	local name=$1
	shift
	if [ -s "$logs/$name.log" ]; then return; fi
	echo "$name" >&2
	"$@" 2>&1 </dev/null | head -c $cap >"$logs/$name.log"
}

have() { command -v "$1" >/dev/null; }

if have python3; then
	[ -d venv ] || python3 -m venv venv
	say pip-install venv/bin/pip -vvv --log /dev/null install --no-cache-dir --force-reinstall requests flask sqlalchemy boto3 cryptography pyjwt
	say pip-download venv/bin/pip -vvv download --no-cache-dir -d wheels django fastapi celery redis paramiko oauthlib
	say pip-debug venv/bin/pip -vvv debug
fi

if have npm; then
	mkdir -p npm && [ -f npm/package.json ] || echo '{"name":"noise","version":"1.0.0"}' >npm/package.json
	say npm-install env npm_config_cache="$dir/npm-cache" npm --prefix npm --loglevel silly install --no-audit express webpack passport jsonwebtoken bcryptjs aws-sdk axios
	say npm-ls npm --prefix npm --loglevel silly ls --all
	say npm-view npm --loglevel silly view jsonwebtoken
fi

if have go; then
	export GOCACHE=$dir/gocache
	say go-build env -C "$source" go build -a -x -o "$dir/stanch-noise" ./cmd/stanch
	say go-test go test -v -count=1 encoding/... strconv net/url text/... regexp/...
	say go-list env -C "$source" go list -deps -json ./cmd/stanch
	say go-env go env -json
fi

if have mvn; then
	mkdir -p maven && cp "$here/pom.xml" maven/
	say mvn-resolve mvn -X -B -f maven/pom.xml dependency:copy-dependencies -DoutputDirectory="$dir/kafka/lib"
	say mvn-tree mvn -X -B -f maven/pom.xml dependency:tree
	say mvn-xlog env MAVEN_OPTS="-Xlog:gc*=debug,class+load=info,safepoint=info" mvn -X -B -f maven/pom.xml dependency:analyze
	say mvn-package mvn -X -B -f maven/pom.xml package
fi

if have apt-get; then
	mkdir -p apt-lists/partial
	say apt-update apt-get -y -o Debug::Acquire::http=true -o Debug::pkgAcquire=true -o Debug::pkgAcquire::Worker=true -o Debug::Acquire::gpgv=true -o Dir::State::lists="$dir/apt-lists" update
	say apt-install apt-get -s -o Debug::pkgProblemResolver=true -o Debug::pkgDepCache::Marker=true -o Debug::pkgDepCache::AutoInstall=true -o Debug::pkgOrderList=true install ruby php-cli nginx rabbitmq-server slapd
	say apt-policy apt-cache policy
	say apt-dump apt-cache show openssl openssh-server postgresql-15 gnupg libsecret-1-0 keyutils
	say dpkg-list dpkg -l
	say dpkg-debug dpkg -D77777 --simulate --configure -a
	say dpkg-status cat /var/lib/dpkg/status
fi

if have git; then
	[ -d repo.git ] || { git clone -q --bare "$source" repo.git && git -C repo.git update-server-info; }
	(cd "$dir" && exec python3 -m http.server --bind 127.0.0.1 18080) >"$dir/http.out" 2>&1 &
	web=$!
	sleep 1
	rm -rf clone1 clone2
	say git-http env GIT_TRACE=1 GIT_CURL_VERBOSE=1 GIT_TRACE_CURL=1 GIT_TRACE_CURL_NO_DATA=0 GIT_TRACE_SETUP=1 GIT_TRACE_PERFORMANCE=1 git clone http://127.0.0.1:18080/repo.git clone1
	say git-clone env GIT_TRACE=1 GIT_TRACE_PACKET=1 GIT_TRACE_PERFORMANCE=1 GIT_TRACE2=1 git clone "file://$dir/repo.git" clone2
	say git-log git -C "$source" log --stat --format=fuller
	say git-fsck git -C repo.git fsck --verbose --full
	if have curl; then say curl-verbose curl -vvv --trace-ascii - http://127.0.0.1:18080/; fi
	say wget-debug wget -d -O /dev/null http://127.0.0.1:18080/
	kill $web
	cp "$dir/http.out" "$logs/python-http-server.log"
fi

if have gcc && have cmake; then
	mkdir -p cmake && cp "$here/CMakeLists.txt" "$here/main.c" cmake/
	rm -rf cmake/build
	say cmake-trace cmake -S cmake -B cmake/build --trace-expand --debug-output --log-level=TRACE
	say cmake-build cmake --build cmake/build --verbose
	say gcc-v gcc -v -Wl,--verbose cmake/main.c -o cmake/main
	say gcc-m gcc -E -dD -H cmake/main.c
	say ld-debug env LD_DEBUG=all /usr/bin/openssl version
fi

if have strace; then
	say strace-pip strace -f -tt -s 200 venv/bin/pip list
	say strace-git strace -f -y -s 120 git -C "$source" status
	say strace-java strace -f -s 80 java -version
	say strace-npm strace -f -s 100 npm ls
	say strace-ls strace -c -f ls -lR /usr/lib/python3
	say strace-openssl strace -f -s 64 openssl version -a
fi

if have openssl; then
	[ -f tls.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.pem -out tls.crt -subj /CN=localhost -days 2 2>/dev/null
	openssl s_server -accept 18443 -key tls.pem -cert tls.crt -www -quiet >/dev/null 2>&1 &
	tls=$!
	sleep 1
	s_client() { for _ in 1 2 3 4 5 6; do printf 'GET / HTTP/1.0\r\n\r\n' | timeout 5 openssl s_client -connect 127.0.0.1:18443 -debug -msg -state -showcerts -tlsextdebug; done; }
	say openssl-s-client s_client
	say openssl-x509 openssl x509 -in tls.crt -text -noout
	say openssl-ciphers openssl ciphers -V ALL
	say openssl-speed timeout 20 openssl speed -seconds 1 sha256 aes-128-gcm
	for f in /etc/ssl/certs/*.pem; do openssl x509 -in "$f" -text; done 2>/dev/null | head -c $cap >"$logs/openssl-certificates.log"
	kill $tls
fi

if have java; then
	say java-xlog java -Xlog:all=debug -version
	say java-trace java -Xlog:all=trace -Xshare:off -XX:+UnlockDiagnosticVMOptions -version
	say java-class java -Xlog:class*=info,module*=debug,gc*=debug -cp "$dir/kafka/lib/*" kafka.Kafka --version
	say java-settings java -XshowSettings:all -version
	say java-flags java -XX:+PrintFlagsFinal -version
fi

if have java && [ -d kafka/lib ] && [ ! -s "$logs/kafka-debug.log" ]; then
	echo kafka >&2
	rm -rf kafka/data
	sed "s,DIR,$dir/kafka/data," "$here/kafka.properties" >kafka/server.properties
	cp "$here/log4j2.xml" kafka/
	id=$(java -cp "$dir/kafka/lib/*" kafka.tools.StorageTool random-uuid 2>/dev/null)
	java -cp "$dir/kafka/lib/*" kafka.tools.StorageTool format -t "$id" -c kafka/server.properties --standalone >/dev/null 2>&1
	timeout 60 java -Xmx1g -Dlog4j2.configurationFile="$dir/kafka/log4j2.xml" -cp "$dir/kafka/lib/*" kafka.Kafka kafka/server.properties >kafka/out.log 2>&1
	head -c $((cap * 2)) kafka/out.log >"$logs/kafka-debug.log"
fi

pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
if [ -n "$pg" ] && id postgres >/dev/null 2>&1 && [ ! -s "$logs/postgres.log" ]; then
	echo postgres >&2
	pgdir=$(mktemp -d) && chown postgres "$pgdir" && chmod 755 "$pgdir"
	as() { su postgres -c "$*"; }
	as "$pg/initdb -D $pgdir/data -A trust" >"$logs/postgres-initdb.log" 2>&1
	cat >>"$pgdir/data/postgresql.conf" <<-CONF
		port = 15432
		unix_socket_directories = '$pgdir'
		log_statement = all
		log_duration = on
		log_connections = on
		log_disconnections = on
		log_lock_waits = on
		log_checkpoints = on
		log_parser_stats = on
		log_min_messages = debug2
		log_line_prefix = '%m [%p] %q%u@%d/%a '
	CONF
	as "$pg/pg_ctl -D $pgdir/data -l $pgdir/log -w start" >/dev/null
	as "createdb -h $pgdir -p 15432 bench && pgbench -h $pgdir -p 15432 -i -s 1 bench && pgbench -h $pgdir -p 15432 -c 4 -T 20 -M prepared bench && pgbench -h $pgdir -p 15432 -c 2 -T 5 -r bench" >"$logs/pgbench.log" 2>&1
	as "psql -h $pgdir -p 15432 -E -c '\\d+ pg_authid' -c '\\du+' -c 'select * from pg_settings' -x bench" >"$logs/psql.log" 2>&1
	as "$pg/pg_ctl -D $pgdir/data -m fast stop" >/dev/null
	head -c $((cap * 2)) "$pgdir/log" >"$logs/postgres.log"
	rm -rf "$pgdir"
fi

say dmesg dmesg
say sysctl sysctl -a
say ps ps auxwwf
say find find /usr/share -ls
say lsof lsof -n

# The same lines as container runtimes and the journal store them.
python3 "$here/wrap.py" "$logs"

python3 "$here/report.py" "$stanch" "$logs" "$here/explained.tsv" "$results"
