package main

// cleanLines are lines as many systems write them, with hardly a word that
// stands near a secret.
var cleanLines = []string{
	// syslog
	`Mar %d %t %h systemd[1]: Started Session %n of user %u.`,
	`Mar %d %t %h kernel: [%n.%0%0] eth0: renamed from veth%x, link becomes ready at %n Mbps full duplex`,
	`Mar %d %t %h CRON[%n]: (%u) CMD (  cd %f && run-parts --report %f)`,
	`Mar %d %t %h sshd[%n]: Received disconnect from %a port %n:11: Bye Bye [preauth]`,
	`Mar %d %t %h sshd[%n]: Failed password for invalid user %u from %a port %n ssh2`,
	`Mar %d %t %h postfix/smtpd[%n]: connect from %h.example.net[%a], queue %x, %m`,
	`Mar %d %t %h dhclient[%n]: DHCPACK of %a from %a (xid=0x%x), renewal in %n seconds.`,
	// web servers and balancers
	`%a - - [%d/Mar/2026:%t +0000] "GET %f HTTP/1.1" %s %n "-" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" %v`,
	`%a - %u [%d/Mar/2026:%t +0000] "POST %f?page=%n&sort=%w HTTP/2.0" %s %n "https://www.example.org%f" "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X)"`,
	`2026/03/%d %t [error] %n#%n: *%N upstream timed out (110: Connection timed out) while reading response header from upstream, client: %a, server: www.example.org`,
	`[Sun Mar %d %t.%0%0 2026] [proxy:error] [pid %n:tid %N] (111)Connection refused: AH%n: HTTP: attempt to connect to %a:8080 failed`,
	// Java services, Hadoop, Spark
	`2026-03-%d %t,%0 INFO  [%c] (worker-%n) %m in %n ms`,
	`2026-03-%d %t.%0  WARN %n --- [nio-8080-exec-%n] %c : %m, attempt %n of 5, next in %n ms`,
	`2026-03-%d %t,%0 ERROR %c: java.net.SocketTimeoutException: %n millis timeout while waiting for channel to be ready for read`,
	`	at %c.process(%w.java:%n)`,
	`2026-03-%d %t,%0 INFO [RMCommunicator Allocator] %c: Progress of TaskAttempt attempt_%N_0001_m_%0%0_0 is : 0.%n`,
	`26%d %0%0 %n INFO %c: Receiving block blk_-%N%N src: /%a:%n dest: /%a:50010 of size %N`,
	`26/03/%d %t INFO %c: Finished task %v in stage %v (TID %n). %n bytes result sent to driver`,
	`26/03/%d %t INFO %c: Block broadcast_%n_piece0 stored as bytes in memory (estimated size %v KB, free %v MB)`,
	`2026-03-%d %t,%0 [myid:%n] - INFO  [QuorumPeer/0:0:0:0:0:0:0:0:2181:%w@%n] - Notification time out: %n`,
	// Kubernetes and JSON loggers
	`{"log":"I03%d %t.%0%0 1 controller.go:%n] \"%m\" pod=\"%w/%w-%x\" node=\"%h\"\n","stream":"stderr","time":"2026-03-%dT%t.%0%0Z"}`,
	`{"level":"info","ts":"2026-03-%dT%t.%0Z","caller":"%w/%w.go:%n","msg":"%m","duration":"%vms","status":%s,"node":"%h"}`,
	`{"@timestamp":"2026-03-%dT%t.%0Z","kubernetes":{"namespace":"%w","pod":"%w-%x","container":"%w"},"message":"%m","severity":"%w","bytes":%N}`,
	`time="2026-03-%dT%tZ" level=info msg="%m" component=%w attempt=%n elapsed=%vs`,
	`E03%d %t.%0%0    1 reflector.go:%n] k8s.io/client-go/informers/factory.go:%n: Failed to watch *v1.%w: Get "https://%a:443%f?limit=500": dial tcp %a:443: i/o timeout`,
	// Android, Windows, macOS
	`03-%d %t.%0  %n  %n D PowerManagerService: acquire lock=%N, flags=0x1, name="%w", ws=WorkSource{%n}, uid=%n, pid=%n`,
	`03-%d %t.%0  %n  %n V WindowManager: Skipping AppWindow{%x u0 d0 p%n com.example.%w/.%wActivity}, %m`,
	`03-%d %t.%0  %n  %n I ActivityManager: Displayed com.example.%w/.MainActivity: +%nms (total +%nms)`,
	`2026-03-%d %t, Info                  CBS    Loaded Servicing Stack v6.1.7601.%n with Core: C:\Windows\winsxs\amd64_%w_%X_6.1.7601.%n_none_%X\%w.dll`,
	`2026-03-%d %t, Info                  CSI    %x@2026/3/%d:%t.%0 WcpInitialize (wcp.dll version 0.0.0.6) called (stack @0x7fe%x)`,
	`Mar %d %t Mac-mini com.apple.cts[%n]: com.apple.%w.%w: scheduler_evaluate_activity told me to run this job; however, but the start time isn't for %N seconds.  Ignoring.`,
	// databases, queues, supercomputers
	`2026-03-%d %t.%0 UTC [%n] LOG:  checkpoint complete: wrote %n buffers (%v%%); %n WAL file(s) added, 0 removed; write=%v s, sync=%v s, total=%v s`,
	`%n:M %d Mar 2026 %t.%0 * Background saving started by pid %n, %m`,
	`[2026-03-%d %t,%0] INFO [ReplicaFetcher replicaId=%n, leaderId=%n, fetcherId=0] %w-%n: truncating to offset %N (kafka.server.%w)`,
	`- 11%N 2026.03.%d R%n-M1-N%n-C:J%n-U11 2026-03-%d-%t.%0%0 R%n-M1-N%n RAS KERNEL INFO instruction cache parity error corrected`,
	`nova-compute.log.1.2026-03-%d_%t 2026-03-%d %t.%0 %n INFO nova.compute.manager [req-%U %X - - -] [instance: %U] VM %w (Lifecycle Event)`,
	`[03.%d %t] %w.exe - cdn%n.example.org:443 close, %n bytes (%v KB) sent, %n bytes (%v KB) received, lifetime %t`,
}

// writeClean appends one line without its end.
func writeClean(w *writer) { w.expand(cleanLines[w.IntN(len(cleanLines))]) }
