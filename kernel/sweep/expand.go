package sweep

import (
	"fmt"

	"github.com/seed2310110f/godream/dreamlib"
)

// walk visits every combination of values, in order.
func (p *plan) walk(visit func(choices []choice) error) error {
	var choices []choice
	var from func(axis int, truths uint64) error
	from = func(i int, truths uint64) error {
		if i == len(p.axes) {
			return visit(choices)
		}
		a := p.axes[i]
		if !a.applies(truths) {
			return from(i+1, truths)
		}
		for v := range a.n() {
			choices = append(choices, choice{&p.axes[i], v})
			if err := from(i+1, p.after(truths, a, v)); err != nil {
				return err
			}
			choices = choices[:len(choices)-1]
		}
		return nil
	}
	return from(0, 0)
}

// expand makes the jobs of a plan, without the hashes and what follows from them,
// and checks their settings.
func (p *plan) expand(in *inputs) (jobs []Job, err error) {
	err = p.walk(func(choices []choice) error {
		j, err := p.job(in, choices)
		if err != nil {
			return &GridError{fmt.Errorf("sweep: %s: %w", p.called(len(jobs), j), err)}
		}
		jobs = append(jobs, j)
		return nil
	})
	return jobs, err
}

// choice is a value of an axis.
type choice struct {
	axis *axis
	i    uint64
}

// job is the dream of one choice on every axis that applies. With an error comes
// what is known of it.
func (p *plan) job(in *inputs, choices []choice) (Job, error) {
	s, err := p.settings(choices)
	j := Job{
		Picture: Input{Source: choices[0].axis.at(choices[0].i)},
		Net:     Input{Source: choices[1].axis.at(choices[1].i)},
		Config:  s.Config,
		Options: s.ModelOptions,
		Point:   p.point(choices, s),
	}
	if err != nil {
		return j, err
	}
	if err := j.Config.Check(); err != nil {
		return j, err
	}
	if err := j.Options.Check(); err != nil {
		return j, err
	}
	if _, err := j.Config.Size(in.pictures[j.Picture.Source].Size); err != nil {
		return j, err
	}
	j.Config.Objective, err = in.canonical(j.Net.Source, j.Config.Objective)
	return j, err
}

// point is where the choices and the settings that follow lie.
func (p *plan) point(choices []choice, s settings) []string {
	point := make([]string, len(p.dims))
	for d, dim := range p.dims {
		point[d] = dim.value(s)
		for _, c := range choices {
			if c.axis.name == dim.Name {
				point[d] = c.axis.at(c.i)
			}
		}
	}
	return point
}

// settings are the base with the choices on top, the preset's first.
func (p *plan) settings(choices []choice) (s settings, err error) {
	s = p.base
	choices = choices[2:] // behind the picture and the net
	for _, c := range choices {
		for _, col := range c.axis.columns {
			if col.field.key == presetKey {
				if s.Config, err = dreamlib.Preset(col.at(c.i)); err != nil {
					return s, err
				}
			}
		}
	}
	for _, c := range choices {
		for _, col := range c.axis.columns {
			v, err := col.field.parse(col.at(c.i))
			if err != nil {
				return s, err
			}
			col.field.of(&s).Set(v)
		}
	}
	return s, nil
}

// presetKey is the key of the setting that brings all others.
const presetKey = "preset"
