// What Flux does with an artifact and with its own objects, in its own code.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/oci"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func main() {
	answer, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		panic(err)
	}
}

func run(call string, args []string) (any, error) {
	switch call {
	case "pull":
		client := oci.NewClient([]crane.Option{crane.Insecure})
		return client.Pull(context.Background(), args[0], args[1], oci.WithPullLayerType(oci.LayerTypeTarball))
	case "build":
		return build(args[0], args[1:])
	case "layout":
		return read(args[0])
	case "check":
		return nil, check(args[0])
	default:
		return nil, fmt.Errorf("no such call: %s", call)
	}
}

// build does what kustomize-controller does with the folder of an artifact; variables are those of `postBuild`.
func build(dir string, variables []string) (any, error) {
	substitute := map[string]any{}
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		substitute[name] = value
	}
	object := map[string]any{"spec": map[string]any{"postBuild": map[string]any{"substitute": substitute}}}
	kustomization := unstructured.Unstructured{Object: object}
	action, err := kustomize.NewGenerator(dir, kustomization).WriteFile(dir)
	if err != nil {
		return nil, err
	}
	resources, err := kustomize.SecureBuild(dir, dir, false)
	if err != nil {
		return nil, err
	}
	options := []kustomize.SubstituteOption{
		kustomize.SubstituteWithDryRun(true),
		kustomize.SubstituteWithStrict(true),
	}
	var objects []any
	for _, resource := range resources.Resources() {
		changed, err := kustomize.SubstituteVariables(context.Background(), nil, kustomization, resource, options...)
		if err != nil {
			return nil, err
		}
		if changed != nil {
			resource = changed
		}
		object, err := resource.Map()
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return map[string]any{"action": string(action), "objects": objects}, nil
}

// read checks every digest and size of a layout, as those do who copy it.
func read(dir string) (any, error) {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, err
	}
	if err := validate.Index(index); err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	return manifest.Manifests[0].Digest.String(), nil
}

// check reads objects of Flux, and refuses fields that it does not know.
func check(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, document := range strings.Split(string(text), "\n---\n") {
		var object unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(document), &object.Object); err != nil {
			return err
		}
		var known any
		switch object.GroupVersionKind() {
		case sourcev1.GroupVersion.WithKind("OCIRepository"):
			known = &sourcev1.OCIRepository{}
		case kustomizev1.GroupVersion.WithKind("Kustomization"):
			known = &kustomizev1.Kustomization{}
		default:
			return fmt.Errorf("%s is of another kind: %s", file, object.GroupVersionKind())
		}
		if err := yaml.UnmarshalStrict([]byte(document), known); err != nil {
			return err
		}
	}
	return nil
}
