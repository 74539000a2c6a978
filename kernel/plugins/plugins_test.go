package plugins

import "testing"

func TestKinds(t *testing.T) {
	kinds := Kinds()
	if kinds[len(kinds)-1] != "cpu" {
		t.Errorf("got %v, want cpu last", kinds)
	}
}
