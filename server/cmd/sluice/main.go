// Command sluice is the whole product in one binary: the server, and the tools
// that work on its data.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
