package compose

import (
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
)

const kindGoal = "doel"

// plan begins with what is general and then gives each goal with its actions
// and evaluations under it. What refers to no goal that is shown is general.
func (c *composer) plan(items []dossier.Item) []document.Block {
	var general []*dossier.Item
	var goals []*dossier.Item
	under := map[string][]*dossier.Item{}
	for i := range items {
		it := &items[i]
		switch to := c.goalOf(it); {
		case strings.EqualFold(it.Kind, kindGoal):
			goals = append(goals, it)
		case to != "":
			under[to] = append(under[to], it)
		default:
			general = append(general, it)
		}
	}
	var out []document.Block
	if len(general) > 0 && len(goals) > 0 {
		out = append(out, heading(2, c.say(kPlanGeneral)))
	}
	for _, it := range general {
		out = append(out, c.planEntry(it))
	}
	for _, g := range goals {
		out = append(out, c.goal(g, under[g.ID])...)
	}
	return out
}

// goalOf is the id of the shown goal that an item belongs to, at any depth: an
// evaluation of an action belongs to the action's goal.
func (c *composer) goalOf(it *dossier.Item) string {
	to := it.RelatesTo
	for range 8 { // a ring of references ends here
		next := c.links.item[to]
		switch {
		case next == nil || next.Section != dossier.SectionPlan:
			return ""
		case strings.EqualFold(next.Kind, kindGoal):
			return next.ID
		}
		to = next.RelatesTo
	}
	return ""
}

func (c *composer) goal(g *dossier.Item, under []*dossier.Item) []document.Block {
	e := c.entry(g)
	h := heading(2, firstOf(e.Title, c.say(kEntryUntitled)))
	e.Title = ""
	out := []document.Block{h, e}
	for _, it := range under {
		out = append(out, c.planEntry(it))
	}
	return out
}

// planEntry says in its title what the item is: "Actie: elke ochtend oefenen".
func (c *composer) planEntry(it *dossier.Item) document.Entry {
	e := c.entry(it)
	if kind := c.kindWord(it); kind != "" && e.Title != kind {
		e.Title = kind + ": " + e.Title
	}
	return e
}
