package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"istio.io/istio/pkg/config/crd"
)

// releases names the version of istio.io/api that a release of Istio ships its CRDs from.
var releases = map[string]string{
	"1.27": "v1.27.3",
	"1.28": "v1.28.0",
	"1.29": "v1.29.6",
	"1.30": "v1.30.3",
	"1.31": "v1.31.1",
}

var compiled = map[string]*crd.Validator{}

// release returns the CRDs of a release. The first question about a release downloads and compiles them.
func release(name string) (*crd.Validator, error) {
	if crds, done := compiled[name]; done {
		return crds, nil
	}
	version, known := releases[name]
	if !known {
		return nil, fmt.Errorf("there are no CRDs here for Istio %q", name)
	}
	module, err := download("istio.io/api@" + version)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(module, "kubernetes", "customresourcedefinitions.gen.yaml")
	// Istio released these CRDs, so nobody needs to hear whether they are good ones, and asking is slow.
	crds, err := crd.NewValidatorFromFilesWithOptions([]string{file}, crd.WithoutCRDValidation())
	if err != nil {
		return nil, fmt.Errorf("the CRDs of Istio %s: %w", name, err)
	}
	compiled[name] = crds
	return crds, nil
}

// download returns the folder of a module, which comes from Go's module cache if it was needed before.
func download(module string) (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module)
	// Inside our own module the replace lines of go.mod would turn every version into one.
	command.Dir = os.TempDir()
	command.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	text, failure := command.Output()
	var result struct{ Dir, Error string }
	if err := json.Unmarshal(text, &result); err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, errors.Join(failure, err))
	}
	if result.Error != "" {
		return "", fmt.Errorf("go mod download %s: %s", module, result.Error)
	}
	return result.Dir, nil
}
