package main

import (
	"context"
	"log/slog"
	"os"

	"sluice/server/app"
)

var serveCommand = subcommand{
	name: "serve", summary: "run the server",
	detail: "The first line on standard output is \"ready http://HOST:PORT\". The variables\n" +
		"SLUICE_ADMIN_EMAIL and SLUICE_ADMIN_PASSWORD create the first administrator\n" +
		"unattended; without them and without --demo a one-time set-up link is printed.",
	setup: func(c *call) func(context.Context) error {
		addr := c.flags.String("addr", "127.0.0.1:8420", "listen on `HOST:PORT`")
		dir := c.flags.String("data", "data", "data directory `DIR`")
		demo := c.flags.String("demo", "", "start with the demo of `PACK` when nothing is published yet")
		base := c.flags.String("base-url", "", "`URL` where people reach the server, when it is not the one it listens on")
		level := c.flags.String("log", "warn", "log `LEVEL`: debug, info, warn or error")
		return func(ctx context.Context) error {
			var l slog.Level
			if err := l.UnmarshalText([]byte(*level)); err != nil {
				return wrong("--log %s: debug, info, warn or error", *level)
			}
			return app.Serve(ctx, app.Config{
				Dir: *dir, Addr: *addr, BaseURL: *base, Demo: *demo, Version: version, Out: c.out,
				Admin: app.Admin{Email: os.Getenv("SLUICE_ADMIN_EMAIL"), Password: os.Getenv("SLUICE_ADMIN_PASSWORD")},
				Log:   slog.New(slog.NewJSONHandler(c.err, &slog.HandlerOptions{Level: l})),
			})
		}
	},
}
