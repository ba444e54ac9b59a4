// Command ask is what Argo CD does around a plugin: the other end of argocd-cmp-server's socket, and what it makes of an
// Application. It reads requests as JSON and answers each, until its input ends.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	apppath "github.com/argoproj/argo-cd/v3/util/app/path"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	"github.com/argoproj/argo-cd/v3/util/cmp"
	"github.com/golang/protobuf/ptypes/empty"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// A Request is what one line of standard input says.
type Request struct {
	Socket string `json:"socket"`
	// Call is generate, parameters, match, check, refresh, ignore or render.
	Call string `json:"call"`
	// Application is the manifest, in YAML; to render, that of an ApplicationSet.
	Application string `json:"application"`
	// Repository is the folder that stands for the repository at the revision.
	Repository string `json:"repository"`
	// APIVersions is what the cluster serves.
	APIVersions []string `json:"apiVersions"`
	// Changed is the files that a push has changed.
	Changed []string `json:"changed"`
	// Object is one as it is in the cluster.
	Object map[string]any `json:"object"`
	// Milliseconds is how long the repository server waits.
	Milliseconds int `json:"milliseconds"`
}

// An Answer is what one line of standard output says.
type Answer struct {
	Manifests  []string `json:"manifests,omitempty"`
	Parameters any      `json:"parameters,omitempty"`
	Supported  bool     `json:"supported,omitempty"`
	Discovers  bool     `json:"discovers,omitempty"`
	// Refreshes says whether Argo CD looks at the Application again after that push.
	Refreshes bool `json:"refreshes,omitempty"`
	// Applications is what an ApplicationSet with a list makes.
	Applications []v1alpha1.Application `json:"applications,omitempty"`
	// Compared is what of the object Argo CD compares with the repository.
	Compared map[string]any `json:"compared,omitempty"`
	Error    string         `json:"error,omitempty"`
}

func main() {
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var request Request
		if requests.Decode(&request) != nil {
			return
		}
		answer, err := ask(request)
		if err != nil {
			answer.Error = err.Error()
		}
		if err := answers.Encode(answer); err != nil {
			panic(err)
		}
	}
}

func ask(request Request) (answer Answer, err error) {
	if request.Call == "render" {
		answer.Applications, err = render(request.Application)
		return answer, err
	}
	var app v1alpha1.Application
	if err := yaml.UnmarshalStrict([]byte(request.Application), &app); err != nil {
		return answer, fmt.Errorf("this is no Application: %w", err)
	}
	switch request.Call {
	case "refresh":
		paths := apppath.GetSourceRefreshPaths(&app, *app.Spec.Source)
		answer.Refreshes = apppath.AppFilesHaveChanged(paths, request.Changed)
		return answer, nil
	case "ignore":
		object := unstructured.Unstructured{Object: request.Object}
		normalizer, err := normalizers.NewIgnoreNormalizer(
			app.Spec.IgnoreDifferences, nil, normalizers.IgnoreNormalizerOpts{})
		if err == nil {
			err = normalizer.Normalize(&object)
		}
		answer.Compared = object.Object
		return answer, err
	}
	return askServer(request, &app)
}

// render returns the Applications of an ApplicationSet.
func render(manifest string) (applications []v1alpha1.Application, err error) {
	var set v1alpha1.ApplicationSet
	if err := yaml.UnmarshalStrict([]byte(manifest), &set); err != nil {
		return nil, fmt.Errorf("this is no ApplicationSet: %w", err)
	}
	meta := set.Spec.Template.ApplicationSetTemplateMeta
	template := v1alpha1.Application{Spec: set.Spec.Template.Spec}
	template.Name, template.Annotations = meta.Name, meta.Annotations
	for _, generator := range set.Spec.Generators {
		for _, element := range generator.List.Elements {
			var values map[string]any
			if err := json.Unmarshal(element.Raw, &values); err != nil {
				return nil, err
			}
			application, err := (&utils.Render{}).RenderTemplateParams(
				&template, nil, values, set.Spec.GoTemplate, set.Spec.GoTemplateOptions)
			if err != nil {
				return nil, err
			}
			applications = append(applications, *application)
		}
	}
	return applications, nil
}

func askServer(request Request, app *v1alpha1.Application) (answer Answer, err error) {
	closer, client, err := apiclient.NewConfigManagementPluginClientSet(request.Socket).NewConfigManagementPluginClient()
	if err != nil {
		return answer, err
	}
	defer closer.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(request.Milliseconds)*time.Millisecond)
	defer cancel()
	if request.Call == "check" {
		response, err := client.CheckPluginConfiguration(ctx, &empty.Empty{})
		answer.Discovers = response.GetIsDiscoveryConfigured()
		return answer, err
	}
	env, err := environment(request, app)
	if err != nil {
		return answer, err
	}
	root := request.Repository
	path := filepath.Join(root, app.Spec.Source.Path)
	send := func(stream cmp.StreamSender) error {
		return cmp.SendRepoStream(ctx, path, root, stream, env, nil)
	}
	switch request.Call {
	case "generate":
		stream, err := client.GenerateManifest(ctx)
		if err == nil {
			err = send(stream)
		}
		if err != nil {
			return answer, err
		}
		response, err := stream.CloseAndRecv()
		answer.Manifests = response.GetManifests()
		return answer, err
	case "parameters":
		stream, err := client.GetParametersAnnouncement(ctx)
		if err == nil {
			err = send(stream)
		}
		if err != nil {
			return answer, err
		}
		response, err := stream.CloseAndRecv()
		answer.Parameters = response.GetParameterAnnouncements()
		return answer, err
	case "match":
		stream, err := client.MatchRepository(ctx)
		if err == nil {
			err = send(stream)
		}
		if err != nil {
			return answer, err
		}
		response, err := stream.CloseAndRecv()
		answer.Supported, answer.Discovers = response.GetIsSupported(), response.GetIsDiscoveryEnabled()
		return answer, err
	}
	return answer, fmt.Errorf("no such call: %s", request.Call)
}

// environment returns what the repository server sets: facts of the Application, then what its plugin block says. The
// parameters are put into variables by Argo CD's own code.
func environment(request Request, app *v1alpha1.Application) ([]string, error) {
	source := app.Spec.Source
	const revision = "5d2f0b8c3c5e0f1f6a7b8c9d0e1f2a3b4c5d6e7f"
	env := []string{
		"ARGOCD_APP_NAME=" + app.Name,
		"ARGOCD_APP_NAMESPACE=" + app.Spec.Destination.Namespace,
		"ARGOCD_APP_PROJECT_NAME=" + app.Spec.Project,
		"ARGOCD_APP_SOURCE_REPO_URL=" + source.RepoURL,
		"ARGOCD_APP_SOURCE_PATH=" + source.Path,
		"ARGOCD_APP_SOURCE_TARGET_REVISION=" + source.TargetRevision,
	}
	if request.Call == "generate" {
		env = append(env,
			"ARGOCD_APP_REVISION="+revision,
			"ARGOCD_APP_REVISION_SHORT="+revision[:7],
			"ARGOCD_APP_REVISION_SHORT_8="+revision[:8],
			"KUBE_VERSION=1.34.0",
			"KUBE_API_VERSIONS="+strings.Join(request.APIVersions, ","))
	}
	if source.Plugin == nil {
		return env, nil
	}
	for _, entry := range source.Plugin.Env {
		env = append(env, "ARGOCD_ENV_"+entry.Name+"="+entry.Value)
	}
	parameters, err := source.Plugin.Parameters.Environ()
	return append(env, parameters...), err
}
