package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
)

var versionCommand = subcommand{
	name: "version", summary: "say which version this is",
	setup: func(c *call) func(context.Context) error {
		return func(context.Context) error {
			v := map[string]string{"version": version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
			return c.answer(v, func(w io.Writer) {
				fmt.Fprintf(w, "sluice %s (%s %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			})
		}
	},
}
