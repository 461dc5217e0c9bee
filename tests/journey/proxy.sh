# nginx in front of the instance of tests/http/instance.sh, which it is
# sourced after: deploy/nginx/kov.conf with other ports and a certificate of
# its own. Sets KOV_TEST_TLS_URL and KOV_TEST_CERTIFICATE.
# shellcheck shell=sh disable=SC2154

PATH=$PATH:/usr/sbin # who is not root has nginx there

# Before the instance: it must know its public URL and its proxy.
proxy_prepare() {
	proxy=$(mktemp -d "${TMPDIR:-/tmp}/kov-proxy.XXXXXX")
	chmod 711 "$proxy" # nginx' workers are nobody
	read -r proxy_port _ <<PORTS
$(free_ports)
PORTS
	KOV_TEST_TLS_URL=https://localhost:$proxy_port
	KOV_TEST_CERTIFICATE=$proxy/certificate.pem
	KOV_TEST_PUBLIC_URL=$KOV_TEST_TLS_URL
	KOV_TRUSTED_PROXIES=127.0.0.1/32
	KOV_TEST_PROXY=$proxy
	export KOV_TEST_PROXY KOV_TEST_TLS_URL KOV_TEST_CERTIFICATE KOV_TEST_PUBLIC_URL \
	    KOV_TRUSTED_PROXIES
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	    -keyout "$proxy/key.pem" -out "$KOV_TEST_CERTIFICATE" \
	    >"$proxy/openssl.out" 2>&1 || {
		sed 's/^/# /' "$proxy/openssl.out"
		return 1
	}
}

# The file of deploy/ as it stands, but for what an operator makes his own.
proxy_configure() {
	sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$KOV_PORT/" \
	    -e "s/kov\.example;/localhost;/" \
	    -e "s/listen 443 /listen 127.0.0.1:$proxy_port /" \
	    -e "s/listen \[::\]:443 /listen [::1]:$proxy_port /" \
	    -e "s|/etc/ssl/kov/fullchain.pem|$KOV_TEST_CERTIFICATE|" \
	    -e "s|/etc/ssl/kov/key.pem|$proxy/key.pem|" \
	    "$home/deploy/nginx/kov.conf" >"$proxy/kov.conf"
	cat >"$proxy/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $proxy/nginx.pid;
error_log $proxy/error.log;
events {}
http {
	access_log $proxy/access.log;
	client_body_temp_path $proxy/body;
	proxy_temp_path $proxy/answers;
	fastcgi_temp_path $proxy/fastcgi;
	uwsgi_temp_path $proxy/uwsgi;
	scgi_temp_path $proxy/scgi;
	include $proxy/kov.conf;
}
CONF
}

proxy_start() {
	proxy_configure
	nginx -t -e "$proxy/error.log" -c "$proxy/nginx.conf" \
	    >"$proxy/test.out" 2>&1 || {
		echo 'not ok 9998 - nginx -t takes deploy/nginx/kov.conf'
		sed 's/^/# /' "$proxy/test.out"
		return 1
	}
	nginx -e "$proxy/error.log" -c "$proxy/nginx.conf" \
	    >"$proxy/nginx.out" 2>&1 &
	nginx_pid=$!
	turns=0
	until curl -s -o /dev/null --cacert "$KOV_TEST_CERTIFICATE" \
	    --noproxy '*' "$KOV_TEST_TLS_URL/"; do
		turns=$((turns + 1))
		kill -0 "$nginx_pid" 2>/dev/null && [ "$turns" -lt 100 ] || {
			echo '# nginx does not answer:'
			sed 's/^/# /' "$proxy/error.log" "$proxy/nginx.out"
			return 1
		}
		sleep 0.1
	done
}

proxy_end() {
	[ -n "${nginx_pid-}" ] || return 0
	kill -QUIT "$nginx_pid"
	wait "$nginx_pid"
	nginx_pid=
	rm -rf "$proxy"
}
