package recipe

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asParent makes the test binary run an endless recipe.
const asParent = "GODREAM_TEST_RECIPE_PARENT"

// TestParentIsKilled kills a process that runs a recipe, which must go with it.
func TestParentIsKilled(t *testing.T) {
	if os.Getenv(asParent) != "" {
		r, err := Check("endless.go", []byte(`package main
import "fmt"
func main() {
	fmt.Println("on")
	for {
	}
}`))
		if err != nil {
			t.Fatal(err)
		}
		t.Fatal(Job{Recipe: r, Stdout: os.Stderr}.Run(context.Background()))
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestParentIsKilled$")
	cmd.Env = append(os.Environ(), asParent+"=1")
	cmd.Dir = t.TempDir()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stderr)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(line) == "on" {
			break
		}
	}
	children := childrenOf(t, cmd.Process.Pid)
	if len(children) != 1 {
		t.Fatalf("children %v, want one", children)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for deadline := time.Now().Add(20 * time.Second); running(children[0]); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			_ = syscall.Kill(children[0], syscall.SIGKILL)
			t.Fatal("the recipe goes on without its parent")
		}
	}
}

// TestNoProcessIsLeft looks for children after recipes of every kind of end.
func TestNoProcessIsLeft(t *testing.T) {
	for _, source := range []string{
		"package main\nfunc main() { }",
		"package main\nfunc main() { panic(1) }",
		"package main\nfunc main() { for { } }",
	} {
		before := childrenOf(t, os.Getpid())
		_ = Job{Recipe: checked(t, source), Out: t.TempDir(), Timeout: 500 * time.Millisecond}.Run(context.Background())
		if after := childrenOf(t, os.Getpid()); len(after) > len(before) {
			t.Errorf("%q leaves %v, before there were %v", source, after, before)
		}
	}
}

// childrenOf lists the processes whose parent is pid, zombies too.
func childrenOf(t *testing.T, pid int) (children []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if _, parent := state(child); parent == pid {
			children = append(children, child)
		}
	}
	return children
}

// running says whether a process is there and no zombie.
func running(pid int) bool {
	s, _ := state(pid)
	return s != "" && s != "Z" && s != "X"
}

// state is a process's letter in /proc, and its parent.
func state(pid int) (letter string, parent int) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}
