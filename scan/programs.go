package scan

// option is an option of a program that has a password, after its manual page.
type option struct {
	text  string // -p; glued options are the beginning of a word
	place placement
}

// programOptions are the options of programs that have no case of their own in
// argument.
func programOptions(program string) []option {
	switch program {
	case "keytool", "jarsigner":
		return []option{{"-storepass", following}, {"-keypass", following}, {"-srcstorepass", following}, {"-deststorepass", following},
			{"-srckeypass", following}, {"-destkeypass", following}}
	case "7z a", "7z x", "7za a", "7za x":
		return []option{{"-p", glued}}
	case "smbclient", "winexe", "rpcclient":
		return []option{{"-U", userPercent}, {"--user", userPercent}}
	case "twine upload", "cf login", "ibmcloud login", "usermod", "useradd":
		return []option{{"-p", following}}
	case "ipmitool":
		return []option{{"-P", following}}
	case "openssl enc":
		return []option{{"-k", following}}
	case "snmpwalk", "snmpget", "snmpset", "snmpbulkwalk", "snmptrap":
		return []option{{"-c", following}, {"-A", following}, {"-X", following}}
	case "doctl auth init", "codecov":
		return []option{{"-t", following}}
	}
	return nil
}

// programArgument is argument for these programs.
func programArgument(program, opt string) placement {
	for _, o := range programOptions(program) {
		if opt == o.text && o.place != glued || o.place == glued && len(opt) > len(o.text) && opt[:len(o.text)] == o.text {
			return o.place
		}
	}
	return elsewhere
}
