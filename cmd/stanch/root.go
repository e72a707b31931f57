package main

import (
	"github.com/spf13/cobra"
)

func (c *cli) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "stanch",
		Short: "Find and redact secrets in logs",
		Example: `  tail -f app.log | stanch redact        # redact a stream
  stanch redact app.log.gz -o clean.gz   # redact a file
  stanch redact --in-place logs/         # redact a tree
  stanch scan logs/                      # see what is there first
  stanch exec -- ./deploy.sh             # redact what a command writes
  stanch run --config run.yaml           # move logs, redacted
  stanch rules list                      # what is looked for`,
		Long: `Stanch finds secrets in logs and replaces them by markers.

Keys for hashes and fingerprints come from STANCH_KEY or from the file that
key.file of the policy names, never from a flag. Without one, a random key is
made for each run.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              cobra.NoArgs,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.SetHelpTemplate(helpTemplate)
	root.AddCommand(c.redactCommand(), c.scanCommand(), c.execCommand(), c.runCommand(), c.unsealCommand(), c.rulesCommand(), c.inventoryCommand(), c.configCommand(), c.versionCommand(), c.manCommand())
	return root
}

// helpTemplate leads with examples: most look for a line to copy.
const helpTemplate = `{{.Short}}.
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}
Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .Long}}
{{.Long}}
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
{{.CommandPath}} COMMAND --help says more about a command.
{{end}}`
