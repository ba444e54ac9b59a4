// Command server is argocd-cmp-server: what runs beside Argo CD's repository server and starts a plugin's commands.
package main

import (
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
)

func main() {
	if commands.NewCommand().Execute() != nil {
		os.Exit(1)
	}
}
