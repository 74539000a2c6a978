// Package notebooks is the commands of the Jupyter kernel and of recipes.
package notebooks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/jupyter"
)

// NewKernelCommand makes "dream kernel".
func NewKernelCommand() *cobra.Command {
	return terminal.Group(&cobra.Command{
		Use:   "kernel",
		Short: "A Jupyter kernel: cells of Go that keep their state",
		Long: `A Jupyter kernel: notebooks whose cells are Go and keep their state, so that a
network and its compiled programs stay warm. After "dream kernel install" it is in
JupyterLab's launcher and VS Code's list as "Dream (Go)".`,
	}, newInstallCommand(), newListCommand(), newUninstallCommand(), newSessionRunCommand(), newSessionCommand())
}

// kernelFlags say where a kernel is installed and what it is called.
type kernelFlags struct{ name, prefix string }

func (k *kernelFlags) add(f *pflag.FlagSet) {
	f.StringVar(&k.name, "name", "dream", "name of the kernel")
	f.StringVar(&k.prefix, "prefix", "", "environment that has it, such as a venv's folder (default the user's own kernels)")
}

func (k *kernelFlags) folder() (string, error) {
	if k.prefix != "" {
		return jupyter.PrefixFolder(k.prefix), nil
	}
	return jupyter.UserFolder()
}

// sessionFlags say what cells may use.
type sessionFlags struct {
	memory  terminal.Memory
	folders []string
}

func (s *sessionFlags) add(f *pflag.FlagSet) {
	terminal.MemoryFlag(f, &s.memory, "memory that cells may take, as in 4GB")
	f.StringArrayVar(&s.folders, "folder", nil, "folder in which cells may read and write files besides the notebook's own; may be given again")
}

// args are the flags that were given, for another command that takes them.
func (s *sessionFlags) args(f *pflag.FlagSet) (args []string, err error) {
	if f.Changed("memory") {
		args = append(args, fmt.Sprintf("--memory=%d", s.memory))
	}
	for _, folder := range s.folders {
		if folder, err = filepath.Abs(folder); err != nil {
			return nil, err
		}
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, terminal.Usage(fmt.Errorf("--folder %s: want a folder that exists", folder))
		}
		args = append(args, "--folder="+folder)
	}
	return args, nil
}

func newInstallCommand() *cobra.Command {
	var where kernelFlags
	var session sessionFlags
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Tell Jupyter of the kernel",
		Long: `Tell Jupyter of the kernel: write its specification where Jupyter looks for a
user's kernels, or an environment's. It names this very program: install again when
it has moved.`,
		Args: terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return err
			}
			folder, err := where.folder()
			if err != nil {
				return err
			}
			args, err := session.args(cmd.Flags())
			if err != nil {
				return err
			}
			shown := "Dream (Go)"
			if where.name != "dream" {
				shown = fmt.Sprintf("Dream (Go, %s)", where.name)
			}
			dir, err := jupyter.Install(folder, where.name, jupyter.NewSpec(shown, append([]string{self, "kernel", "run"}, args...)))
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "installed %s in %s\n", where.name, dir)
			return nil
		},
	}
	where.add(cmd.Flags())
	session.add(cmd.Flags())
	return cmd
}

func newListCommand() *cobra.Command {
	var where kernelFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List where the kernel is installed",
		Args:  terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := where.folder()
			if err != nil {
				return err
			}
			list, err := jupyter.List(folder)
			if err != nil {
				return err
			}
			w := terminal.Table(cmd.OutOrStdout())
			fmt.Fprintln(w, "KERNEL\tPROGRAM\tFOLDER")
			for _, i := range list {
				program := i.Spec.Argv[0]
				if _, err := os.Stat(program); err != nil {
					program += " (is gone: install again)"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", i.Name, program, i.Folder)
			}
			return w.Flush()
		},
	}
	where.add(cmd.Flags())
	return cmd
}

func newUninstallCommand() *cobra.Command {
	var where kernelFlags
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Make Jupyter forget the kernel",
		Args:  terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := where.folder()
			if err != nil {
				return err
			}
			if err := jupyter.Uninstall(folder, where.name); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "removed %s from %s\n", where.name, folder)
			return nil
		},
	}
	where.add(cmd.Flags())
	return cmd
}

func newSessionRunCommand() *cobra.Command {
	var session sessionFlags
	cmd := &cobra.Command{
		Use:   "run CONNECTION_FILE",
		Short: "Run the kernel, as Jupyter does",
		Args:  terminal.Exactly(1, "a connection file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			self, err := os.Executable()
			if err != nil {
				return err
			}
			given, err := session.args(cmd.Flags())
			if err != nil {
				return err
			}
			return jupyter.Run(cmd.Context(), args[0], append([]string{self, "kernel", "session"}, given...))
		},
	}
	session.add(cmd.Flags())
	return cmd
}

// newSessionCommand is the process in which a kernel's cells run.
func newSessionCommand() *cobra.Command {
	var session sessionFlags
	cmd := &cobra.Command{
		Use:    "session",
		Short:  "Run a kernel's cells; kernel run starts it",
		Hidden: true,
		Args:   terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			here, err := os.Getwd()
			if err != nil {
				return errors.New("kernel session: the notebook's folder is gone")
			}
			return jupyter.Work(int64(session.memory), append(session.folders, here))
		},
	}
	session.add(cmd.Flags())
	return cmd
}
