package api

// health says that the process answers; it looks at nothing.
func (k *call) health() error { return k.raw(200, healthy) }

var healthy = []byte(`{"status":"ok"}`)

// ready says whether the server can work.
func (k *call) ready() error {
	if k.api.Ready != nil {
		if err := k.api.Ready(); err != nil {
			k.api.Log.Warn("not ready", "err", err)
			return refuse("internal", "unavailable", nil)
		}
	}
	return k.raw(200, healthy)
}
