package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	crdschema "istio.io/istio/pkg/config/crd"
	"istio.io/istio/pkg/config/schema/collections"
)

// verdict is what the API server and istiod's webhook say about one document.
type verdict struct {
	Index     int      `json:"index"`
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Errors    []string `json:"errors"`
	Warnings  []string `json:"warnings"`
}

// validate asks everyone who would be asked on the way into a cluster, and goes on after the first refusal.
func validate(crds *crdschema.Validator, d *document) verdict {
	v := verdict{
		Index:     d.index,
		Kind:      d.object.GetKind(),
		Namespace: d.object.GetNamespace(),
		Name:      d.object.GetName(),
		Errors:    []string{},
		Warnings:  []string{},
	}
	if d.problem != nil {
		v.Errors = append(v.Errors, d.problem.Error())
		return v
	}
	if _, known := schemaOf(collections.Istio, d.object); !known {
		v.Errors = append(v.Errors, fmt.Sprintf("%s of %s is not a kind of Istio", v.Kind, d.object.GetAPIVersion()))
		return v
	}
	v.Errors = append(v.Errors, metadataErrors(d)...)
	v.Errors = append(v.Errors, texts(crds.ValidateCustomResource(d.object.DeepCopy()))...)
	c, err := convert(d)
	if err != nil {
		v.Errors = append(v.Errors, texts(err)...)
		return v
	}
	s, _ := schemaOf(collections.Istio, d.object)
	warnings, err := s.ValidateConfig(*c)
	v.Errors = append(v.Errors, texts(err)...)
	v.Warnings = append(v.Warnings, texts(warnings)...)
	return v
}

// metadataErrors checks names and labels, which no schema of Istio mentions because the API server does it itself.
func metadataErrors(d *document) []string {
	object := d.object.DeepCopy()
	problems := validation.ValidateObjectMetaAccessor(
		object, true, validation.NameIsDNSSubdomain, field.NewPath("metadata"))
	var errors []string
	for _, problem := range problems {
		errors = append(errors, problem.Error())
	}
	return errors
}

// convert reads a document into istiod's own types. It refuses unknown fields, enum values and durations.
func convert(d *document) (*config.Config, error) {
	js, err := json.Marshal(d.object)
	if err != nil {
		return nil, err
	}
	object := crd.IstioKind{}
	decoder := json.NewDecoder(bytes.NewReader(js))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	s, known := schemaOf(collections.Istio, d.object)
	if !known {
		return nil, fmt.Errorf("%s is not a kind of Istio", d.object.GetKind())
	}
	return crd.ConvertObject(s, &object, "cluster.local")
}

// texts lists what is in an error, one string for each complaint.
func texts(err error) []string {
	if err == nil {
		return nil
	}
	many, ok := err.(interface{ WrappedErrors() []error })
	if !ok {
		return []string{err.Error()}
	}
	var all []string
	for _, one := range many.WrappedErrors() {
		all = append(all, texts(one)...)
	}
	return all
}
