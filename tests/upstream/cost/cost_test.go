package cost

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRowsSurviveTheFileAndAddUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "costs")
	t.Setenv(FileVariable, path)
	for _, row := range []Row{
		{Judge: "one", Judged: "3 objects", CPU: 1500 * time.Millisecond, Wall: time.Second},
		{Judge: "half of one", CPU: 700 * time.Millisecond, Part: true},
		{Judge: "two", Judged: "1 chart", CPU: 500 * time.Millisecond, Wall: 2 * time.Second},
	} {
		if err := Append(row); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Print(&out, rows); err != nil {
		t.Fatal(err)
	}
	want := "judge                   judged     CPU seconds  wall seconds\n" +
		"one                     3 objects  1.5          1.0\n" +
		"  of that: half of one             0.7          0.0\n" +
		"two                     1 chart    0.5          2.0\n" +
		"all                                2.0          3.0\n"
	if out.String() != want {
		t.Errorf("table:\n%s\nwant:\n%s", out.String(), want)
	}
}

func TestClockCountsThisProcess(t *testing.T) {
	clock := Begin()
	for began := time.Now(); time.Since(began) < 50*time.Millisecond; {
		_ = strings.Repeat("x", 1000)
	}
	if row := clock.Row("busy", "", time.Hour); row.CPU <= time.Hour || row.Wall < 50*time.Millisecond {
		t.Errorf("50 ms of work after an hour given counted as %+v", row)
	}
}
