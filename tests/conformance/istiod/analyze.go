package main

import (
	"fmt"
	"strings"

	"istio.io/istio/pkg/config/analysis"
	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/local"
)

// message is one line of what `istioctl analyze` prints.
type message struct {
	Code     string `json:"code"`
	Level    string `json:"level"`
	Resource string `json:"resource"`
	Message  string `json:"message"`
}

// analyze runs every analyzer over the documents in their world, and reports what was said about the documents.
func analyze(documents, given []*document) ([]message, error) {
	judged := map[string]bool{}
	var everything []*document
	for _, d := range documents {
		// What istiod cannot even read was refused already, and would only be refused again.
		if _, err := convert(d); d.problem == nil && err == nil {
			judged[d.key()] = true
			everything = append(everything, d)
		}
	}
	everything = append(everything, worldOf(everything, given)...)

	analyzer := local.NewSourceAnalyzer(analysis.Combine("all", analyzers.All()...), "", rootNamespace, nil)
	if err := analyzer.AddTestReaderKubeSource(sources(everything)); err != nil {
		return []message{}, err
	}
	stop := make(chan struct{})
	defer close(stop)
	result, err := analyzer.Analyze(stop)
	if err != nil {
		return []message{}, err
	}
	said := []message{}
	for _, m := range result.Messages {
		about := ""
		if m.Resource != nil {
			about = m.Resource.Origin.FriendlyName()
		}
		if about == "" || judged[about] {
			text := fmt.Sprintf(m.Type.Template(), m.Parameters...)
			said = append(said, message{m.Type.Code(), m.Type.Level().String(), about, text})
		}
	}
	return said, nil
}

func sources(documents []*document) []local.ReaderSource {
	var all []local.ReaderSource
	for _, d := range documents {
		js, err := d.object.MarshalJSON()
		if err != nil {
			panic("an object that was read from JSON can be written as JSON: " + err.Error())
		}
		all = append(all, local.ReaderSource{Name: d.key(), Reader: strings.NewReader(string(js))})
	}
	return all
}
