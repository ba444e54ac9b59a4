package main

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	types "istio.io/api/type/v1beta1"

	"istio.io/istio/pkg/config"
)

// name adds everything that a document mentions and that only Kubernetes can declare.
func (w *world) name(c config.Config) {
	switch spec := c.Spec.(type) {
	case *networking.VirtualService:
		w.nameDestinations(spec)
	case *networking.DestinationRule:
		w.nameSubsets(c.Namespace, spec)
		w.pod(c.Namespace, spec.GetWorkloadSelector().GetMatchLabels())
	case *networking.Gateway:
		w.nameGateway(fullName{c.Namespace, c.Name}, spec)
	case *networking.Sidecar:
		w.pod(c.Namespace, spec.GetWorkloadSelector().GetLabels())
	case *security.AuthorizationPolicy:
		w.nameCallers(spec)
	}
	if policy, selects := c.Spec.(interface {
		GetSelector() *types.WorkloadSelector
	}); selects {
		w.pod(c.Namespace, policy.GetSelector().GetMatchLabels())
	}
}

func (w *world) nameDestinations(vs *networking.VirtualService) {
	for _, route := range vs.GetHttp() {
		for _, to := range route.GetRoute() {
			w.nameDestination(to.GetDestination())
		}
		w.nameDestination(route.GetMirror())
		for _, mirror := range route.GetMirrors() {
			w.nameDestination(mirror.GetDestination())
		}
	}
	for _, route := range vs.GetTls() {
		for _, to := range route.GetRoute() {
			w.nameDestination(to.GetDestination())
		}
	}
	for _, route := range vs.GetTcp() {
		for _, to := range route.GetRoute() {
			w.nameDestination(to.GetDestination())
		}
	}
}

func (w *world) nameDestination(d *networking.Destination) {
	w.service(d.GetHost(), d.GetPort().GetNumber())
}

func (w *world) nameSubsets(namespace string, rule *networking.DestinationRule) {
	w.service(rule.GetHost(), 0)
	if name, isService := serviceName(rule.GetHost()); isService {
		namespace = name.namespace
	}
	for _, subset := range rule.GetSubsets() {
		w.pod(namespace, subset.GetLabels())
	}
}

// nameGateway adds the gateway's pod, a Service in front of it, and its secrets.
//
// The namespace is the Gateway's own: nothing in a Gateway says where its pods are.
func (w *world) nameGateway(name fullName, gateway *networking.Gateway) {
	w.gateways[name.namespace] = true
	w.pod(name.namespace, gateway.GetSelector())
	service := fullName{name.namespace, "gateway-" + name.name}
	w.selectors[service] = gateway.GetSelector()
	w.services[service] = map[int32]bool{}
	for _, server := range gateway.GetServers() {
		w.services[service][int32(server.GetPort().GetNumber())] = true
		tls := server.GetTls()
		for _, credential := range append([]string{tls.GetCredentialName()}, tls.GetCredentialNames()...) {
			if credential != "" {
				w.credentials[credential] = true
			}
		}
	}
}

func (w *world) nameCallers(policy *security.AuthorizationPolicy) {
	for _, rule := range policy.GetRules() {
		for _, from := range rule.GetFrom() {
			source := from.GetSource()
			for _, namespace := range slices.Concat(source.GetNamespaces(), source.GetNotNamespaces()) {
				w.namespaces[namespace] = true
			}
		}
	}
}
