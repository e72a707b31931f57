package apachekafka

import (
	"os/exec"
	"syscall"
)

// dieWithUs has the broker killed when this process ends, however it does.
func dieWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
