package sweeps

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

func newCollectCommand() *cobra.Command {
	return folderCommand("collect DIR --nats URL", "Bring what workers have done into a sweep's folder", `Bring what workers have handed in so far into a sweep's folder, without putting or dreaming
anything, and write manifest.csv and the contact sheets: for a sweep whose queue is on a
cluster and that no process runs just now.`, func(cmd *cobra.Command, folder string, at queue.Access) error {
		f, err := lockedFolder(folder)
		if err != nil {
			return err
		}
		defer f.Close()
		left, err := work.Collect(cmd.Context(), f, at)
		if err != nil {
			return err
		}
		sheets, err := f.Finish()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d done, %d left%s\n", folder, len(f.Records()), len(f.Jobs), left, sheetText(sheets))
		return err
	})
}

// lockedFolder opens a sweep's folder to write to it.
func lockedFolder(path string) (*folder.Folder, error) {
	f, err := folder.Open(path)
	if err == nil {
		err = f.Lock()
	}
	return f, err
}
