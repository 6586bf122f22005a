package api

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"sluice/server/auth"
)

// A socket is handed over only for somebody, however he says who he is.
func TestLiveIsHandedOver(t *testing.T) {
	type handed struct{ id, token string }
	got := make(chan handed, 1)
	s := startWith(t, func(d *Deps) {
		d.Live = func(c *fiber.Ctx, who *auth.Identity, token string) error {
			got <- handed{who.Actor.Name, token}
			return c.SendStatus(fiber.StatusSwitchingProtocols)
		}
	})
	token := s.token["sales"]
	for name, headers := range map[string][]string{
		"by header":      {"Authorization: Bearer " + token},
		"by subprotocol": {"Sec-WebSocket-Protocol: sluice.v1.json, bearer." + token},
		"by cookie":      {"Cookie: " + cookieName + "=" + token, "Origin: " + s.url},
	} {
		req := "GET /api/v1/live HTTP/1.1\r\nHost: " + s.addr + "\r\n"
		for _, h := range headers {
			req += h + "\r\n"
		}
		status, _, _ := s.wire(req + "\r\n")
		require.Equal(t, 101, status, name)
		require.Equal(t, handed{"main-sales", token}, <-got, name)
	}
	require.Equal(t, 401, s.ask("", "GET", "/api/v1/live", "", "Sec-WebSocket-Protocol: bearer.sls_main.x").status)
	require.Equal(t, 401, s.ask("", "GET", "/api/v1/me", "", "Sec-WebSocket-Protocol: bearer."+token).status, "only for sockets")
	without := start(t)
	require.Equal(t, 503, without.ask("sales", "GET", "/api/v1/live", "").status, "without live views")
}
