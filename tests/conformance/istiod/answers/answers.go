// Package answers owns the standard output of the process.
//
// Istio logs to standard output, some of it while its packages are being initialised. This package imports nothing
// but `os` and its path sorts early, so Go initialises it before Istio's: from then on Istio finds an os.Stdout that
// leads nowhere, and the answers are alone on the real one. Panics still reach standard error.
package answers

import "os"

// Out is the real standard output.
var Out = os.Stdout

func init() {
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		panic("the null device does not open: " + err.Error())
	}
	os.Stdout = nowhere
}
