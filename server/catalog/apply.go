package catalog

import (
	"context"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/runtime/scenario"
)

// Applied is what came of applying a folder of definitions. Nothing was
// published when there are Problems or Failed, or when it was a dry run.
type Applied struct {
	Number    int                 `json:"number,omitempty"` // of the release that is live now, 0 when none was made
	Release   string              `json:"release,omitempty"`
	Unchanged bool                `json:"unchanged,omitempty"`
	Changed   []string            `json:"changed"` // "kind id"
	Problems  []program.Complaint `json:"problems"`
	Failed    []scenario.Failure  `json:"failed"`
}

// Apply checks the proposal and publishes it when it is sound and dry is not set.
func (c *Catalog) Apply(ctx context.Context, t fact.TenantID, p Proposal, dry bool) (*Applied, error) {
	out := &Applied{Changed: []string{}, Problems: []program.Complaint{}, Failed: []scenario.Failure{}}
	checked, err := c.Check(ctx, t, p)
	if err != nil {
		return nil, err
	}
	for _, item := range checked.Changed {
		out.Changed = append(out.Changed, string(item.Kind)+" "+item.ID)
	}
	out.Problems = append(out.Problems, checked.Complaints...)
	out.Failed = append(out.Failed, checked.Scenarios.Failures...)
	out.Unchanged = len(checked.Changed) == 0
	if dry || out.Unchanged || len(out.Problems)+len(out.Failed) > 0 {
		return out, nil
	}
	rel, err := c.Publish(ctx, t, p)
	if err != nil {
		return nil, err
	}
	out.Number, out.Release = rel.Number, rel.Release
	return out, nil
}
