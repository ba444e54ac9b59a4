package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/runtime"

	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pilot/pkg/model"
	fakexds "istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	_ "istio.io/istio/pkg/config/xds" // The messages inside `Any` can be printed if they are linked.
	"istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/test"
)

// asker is a proxy that asks istiod for its configuration.
type asker struct {
	// Type is `sidecar` or `router`, which is what Istio calls a gateway.
	Type      string            `json:"type"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
}

// served is what one proxy gets, each resource as Envoy reads it.
type served struct {
	Listeners []json.RawMessage `json:"listeners"`
	Routes    []json.RawMessage `json:"routes"`
	Clusters  []json.RawMessage `json:"clusters"`
	Endpoints []json.RawMessage `json:"endpoints"`
}

// together is when all documents were applied. Ties are broken by name then, as with one commit in a cluster; without a
// time the order in the file would decide.
var together = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func init() {
	// Filters that only Istio's build of Envoy has.
	features.MetadataExchange = false
	features.ALPNFilter = false
	features.DisableMxALPN = true
}

// serve returns what istiod makes of the documents for each of the proxies.
func serve(r request, documents, world []*document) ([]served, error) {
	settings, err := mesh.ApplyMeshConfigDefaults(r.Mesh)
	if err != nil {
		return nil, err
	}
	configs, err := configsOf(documents)
	if err != nil {
		return nil, err
	}
	objects, err := objectsOf(world)
	if err != nil {
		return nil, err
	}
	var all []served
	var problem error
	err = test.Wrap(func(t test.Failer) {
		server := fakexds.NewFakeDiscoveryServer(t,
			fakexds.FakeOptions{Configs: configs, KubernetesObjects: objects, MeshConfig: settings})
		for i, a := range r.Proxies {
			var s served
			if s, problem = settled(server, a, i, r.Istio); problem != nil {
				return
			}
			all = append(all, s)
		}
	})
	if problem != nil {
		return nil, problem
	}
	return all, err
}

func configsOf(documents []*document) ([]config.Config, error) {
	var all []config.Config
	for _, d := range documents {
		if d.problem != nil {
			return nil, fmt.Errorf("document %d: %w", d.index, d.problem)
		}
		c, err := convert(d)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", d.index, err)
		}
		if c.CreationTimestamp.IsZero() {
			c.CreationTimestamp = together
		}
		all = append(all, *c)
	}
	return all, nil
}

func objectsOf(world []*document) ([]runtime.Object, error) {
	decoder := kube.IstioCodec.UniversalDeserializer()
	var all []runtime.Object
	for _, d := range world {
		js, err := d.object.MarshalJSON()
		if err != nil {
			return nil, err
		}
		o, _, err := decoder.Decode(js, nil, nil)
		if err != nil {
			return nil, fmt.Errorf("document %d of the world: %w", d.index, err)
		}
		all = append(all, o)
	}
	return all, nil
}

// settled asks until two answers in a row are equal: the server is there before it has read everything.
func settled(server *fakexds.FakeDiscoveryServer, a asker, index int, release string) (served, error) {
	last := ""
	for range 200 {
		s, err := ask(server, a, index, release)
		if err != nil {
			return s, err
		}
		js, err := json.Marshal(s)
		if err != nil {
			return s, err
		}
		if string(js) == last {
			return s, nil
		}
		last = string(js)
		time.Sleep(5 * time.Millisecond)
	}
	return served{}, fmt.Errorf("istiod does not settle on what it serves to proxy %d", index)
}

func ask(server *fakexds.FakeDiscoveryServer, a asker, index int, release string) (served, error) {
	if a.Type != "sidecar" && a.Type != "router" {
		return served{}, fmt.Errorf("a proxy is a `sidecar` or a `router`, not `%s`", a.Type)
	}
	proxy := server.SetupProxy(&model.Proxy{
		Type:            model.NodeType(a.Type),
		ID:              fmt.Sprintf("proxy-%d.%s", index, a.Namespace),
		ConfigNamespace: a.Namespace,
		// Not that of a pod: what the proxy does with requests to its own pod is not asked for.
		IPAddresses: []string{fmt.Sprintf("10.254.0.%d", index%250+1)},
		Labels:      a.Labels,
		// Without one, istiod trips over failover between localities.
		Locality: &envoycore.Locality{},
		Metadata: &model.NodeMetadata{
			Namespace:    a.Namespace,
			Labels:       a.Labels,
			ClusterID:    "Kubernetes",
			IstioVersion: release + ".0",
		},
	})
	listeners := server.Listeners(proxy)
	var s served
	var errs [4]error
	s.Listeners, errs[0] = printed(listeners)
	s.Routes, errs[1] = printed(server.RoutesFromListeners(proxy, listeners))
	s.Clusters, errs[2] = printed(server.Clusters(proxy))
	s.Endpoints, errs[3] = printed(server.Endpoints(proxy))
	return s, errors.Join(errs[:]...)
}

// printed writes messages in a fixed order and form. Go's own way to print them has spaces at random.
func printed[M proto.Message](messages []M) ([]json.RawMessage, error) {
	all := []json.RawMessage{}
	for _, m := range messages {
		js, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
		if err != nil {
			return all, err
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, js); err != nil {
			return all, err
		}
		all = append(all, compact.Bytes())
	}
	slices.SortFunc(all, func(a, b json.RawMessage) int { return strings.Compare(string(a), string(b)) })
	return all, nil
}
