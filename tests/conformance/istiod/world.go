package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	rootNamespace = "istio-system"
	serviceSuffix = ".svc.cluster.local"
)

// world is the cluster that documents talk about: it has just what they name, so that every analyzer has something
// to look at and nothing is missing that configuration of Istio cannot hold.
//
// What configuration can hold is never made up. A gateway, a subset or an external host that nobody declares stays
// missing, and so does the Service of a short host name.
type world struct {
	namespaces map[string]bool
	// services has the ports that are used of each Service, by its full name.
	services map[fullName]map[int32]bool
	// selectors has what Services select, where a gateway says so. Others select pods that are not here.
	selectors map[fullName]map[string]string
	pods      map[string][]map[string]string
	// credentials are wanted by gateways. Each of their namespaces gets all of them.
	credentials map[string]bool
	gateways    map[string]bool
}

type fullName struct{ namespace, name string }

// worldOf returns what was given, and what the documents name and nobody gave.
func worldOf(documents, given []*document) []*document {
	w := &world{
		namespaces:  map[string]bool{},
		services:    map[fullName]map[int32]bool{},
		selectors:   map[fullName]map[string]string{},
		pods:        map[string][]map[string]string{},
		credentials: map[string]bool{},
		gateways:    map[string]bool{},
	}
	for _, d := range slices.Concat(documents, given) {
		w.namespaces[d.object.GetNamespace()] = true
	}
	for _, d := range documents {
		c, err := convert(d)
		if err != nil {
			panic("documents that do not convert are not part of the world: " + err.Error())
		}
		w.name(*c)
	}
	all := slices.Clone(given)
	have := map[string]bool{}
	for _, d := range given {
		have[d.key()] = true
	}
	for _, o := range w.objects() {
		d := documentOf(o, len(all))
		if !have[d.key()] {
			all = append(all, d)
		}
	}
	return all
}

// objects lists the world in a fixed order, since the analyzers print pods in the order in which they find them.
func (w *world) objects() []runtime.Object {
	var all []runtime.Object
	for _, namespace := range sorted(w.namespaces) {
		if namespace == "" {
			continue
		}
		all = append(all, namespaceOf(namespace), podOf(namespace, 0, nil))
		for i, labels := range w.pods[namespace] {
			all = append(all, podOf(namespace, i+1, labels))
		}
		if w.gateways[namespace] {
			for _, name := range sorted(w.credentials) {
				all = append(all, secretOf(namespace, name))
			}
		}
	}
	byName := func(a, b fullName) int { return strings.Compare(a.namespace+"/"+a.name, b.namespace+"/"+b.name) }
	for _, name := range slices.SortedFunc(maps.Keys(w.services), byName) {
		ports := slices.Sorted(maps.Keys(w.services[name]))
		all = append(all, serviceOf(name, ports, w.selectors[name]))
	}
	return all
}

// service notes that a host is used, with a port if it was named.
func (w *world) service(host string, port uint32) {
	name, isService := serviceName(host)
	if !isService {
		return
	}
	w.namespaces[name.namespace] = true
	if w.services[name] == nil {
		w.services[name] = map[int32]bool{}
	}
	if port != 0 {
		w.services[name][int32(port)] = true
	}
}

func (w *world) pod(namespace string, labels map[string]string) {
	if len(labels) > 0 {
		w.namespaces[namespace] = true
		w.pods[namespace] = append(w.pods[namespace], labels)
	}
}

// serviceName takes `reviews.shop.svc.cluster.local` apart.
func serviceName(host string) (fullName, bool) {
	short, inCluster := strings.CutSuffix(host, serviceSuffix)
	name, namespace, both := strings.Cut(short, ".")
	return fullName{namespace, name}, inCluster && both && name != "*"
}

func namespaceOf(name string) runtime.Object {
	return &core.Namespace{
		TypeMeta:   meta.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"istio-injection": "enabled"}},
	}
}

func podOf(namespace string, index int, labels map[string]string) runtime.Object {
	return &core.Pod{
		TypeMeta:   meta.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("pod-%d", index), Labels: labels},
		Spec:       core.PodSpec{Containers: []core.Container{{Name: "istio-proxy", Image: "istio/proxyv2"}}},
	}
}

func serviceOf(name fullName, ports []int32, selector map[string]string) runtime.Object {
	if len(ports) == 0 {
		ports = []int32{80}
	}
	if selector == nil {
		// The analyzers take an empty selector for one that selects every pod.
		selector = map[string]string{"app": name.name}
	}
	s := &core.Service{
		TypeMeta:   meta.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta.ObjectMeta{Namespace: name.namespace, Name: name.name},
		Spec:       core.ServiceSpec{Selector: selector},
	}
	for _, port := range ports {
		s.Spec.Ports = append(s.Spec.Ports,
			core.ServicePort{Name: fmt.Sprintf("tcp-%d", port), Port: port, Protocol: core.ProtocolTCP})
	}
	return s
}

func secretOf(namespace, name string) runtime.Object {
	return &core.Secret{
		TypeMeta:   meta.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: name},
		Type:       core.SecretTypeTLS,
		Data:       certificate(),
	}
}

func documentOf(o runtime.Object, index int) *document {
	js, err := json.Marshal(o)
	if err != nil {
		panic("the objects of the world can be written as JSON: " + err.Error())
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(js); err != nil {
		panic("the objects of the world can be read from JSON: " + err.Error())
	}
	return &document{index: index, object: object}
}

func sorted(set map[string]bool) []string {
	return slices.Sorted(maps.Keys(set))
}
