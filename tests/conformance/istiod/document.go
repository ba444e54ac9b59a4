package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
)

// document is one document of a YAML file, as the API server would store it.
type document struct {
	index   int
	object  *unstructured.Unstructured
	problem error
}

// readDocuments splits a file. Documents of nothing but comments are not counted.
func readDocuments(text string) []*document {
	var documents []*document
	add := func(object *unstructured.Unstructured, problem error) {
		documents = append(documents, &document{index: len(documents), object: object, problem: problem})
	}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		chunk, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			add(&unstructured.Unstructured{}, err)
			return documents
		}
		object, err := readObject(chunk)
		if object != nil || err != nil {
			add(object, err)
		}
	}
}

// readObject reads one document, which is nil if there is nothing in it.
//
// The Kubernetes decoder is used because it reads whole numbers as int64, as the API server does. With float64 the
// rules of the CRDs that add or compare numbers fail for every document.
func readObject(chunk []byte) (*unstructured.Unstructured, error) {
	empty := &unstructured.Unstructured{}
	js, err := yaml.YAMLToJSONStrict(chunk)
	if err != nil {
		return empty, err
	}
	var value any
	if err := utiljson.Unmarshal(js, &value); err != nil {
		return empty, err
	}
	switch fields := value.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		object := &unstructured.Unstructured{Object: fields}
		if object.GetKind() == "" || object.GetAPIVersion() == "" {
			return object, errors.New("this is not a Kubernetes object: it has no `kind` or no `apiVersion`")
		}
		if s, known := schemaOf(collections.All, object); !known || !s.IsClusterScoped() {
			if object.GetNamespace() == "" {
				object.SetNamespace("default")
			}
		}
		return object, nil
	default:
		return empty, fmt.Errorf("this is not a Kubernetes object but a %T", value)
	}
}

// schemas is the part of Istio's collection.Schemas that finds a schema.
type schemas interface {
	FindByGroupVersionAliasesKind(config.GroupVersionKind) (resource.Schema, bool)
}

func schemaOf(all schemas, object *unstructured.Unstructured) (resource.Schema, bool) {
	kind := object.GroupVersionKind()
	return all.FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&kind))
}

func (d *document) key() string {
	return d.object.GetKind() + " " + d.object.GetNamespace() + "/" + d.object.GetName()
}
