package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
)

// apart reports whether a path belongs to the API or its neighbours, where the browser side has no addresses.
func apart(path string) bool {
	return path == "/api" || strings.HasPrefix(path, "/api/") || path == "/in" || strings.HasPrefix(path, "/in/")
}

// methods returns the methods that the table has for a path, sorted.
func (a *API) methods(path string) (allowed []string) {
	for i := range a.routes {
		r := &a.routes[i]
		if !matches(r.path, path) {
			continue
		}
		allowed = append(allowed, r.method)
		if r.method == fiber.MethodGet && r.need != socket {
			allowed = append(allowed, fiber.MethodHead)
		}
	}
	slices.Sort(allowed)
	return slices.Compact(allowed)
}

// matches reports whether a path is one of a route: segment by segment, ":x" is any.
func matches(route, path string) bool {
	for {
		want, routeRest, more := strings.Cut(route, "/")
		got, pathRest, pathMore := strings.Cut(path, "/")
		if !(strings.HasPrefix(want, ":") && got != "") && want != got || more != pathMore {
			return false
		}
		if !more {
			return true
		}
		route, path = routeRest, pathRest
	}
}

func wrongMethod(c *fiber.Ctx, allowed []string) error {
	c.Set(fiber.HeaderAllow, strings.Join(allowed, ", "))
	return answerProblems(c, fact.Refuse(fact.Invalid, fact.Problem{Code: "method_not_allowed", Params: map[string]any{"method": strings.Clone(c.Method())}}), nil)
}
