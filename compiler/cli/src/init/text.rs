//! The files of a new project, as `meshc fmt` would write them.

use super::answers::Answers;

/// Returns `mesh.kdl`.
pub fn mesh(answers: &Answers) -> String {
    let Answers { name, service: _, port: _, host: _, istio } = answers;
    format!(
        "\
// The root of the project: what meshc reads, and what it compiles for.
mesh {name} {{
    istio \"{istio}\"
    envs dev prod
}}

// The gateway that lets requests in: the pods with this label.
gateway public ingress {{ workload istio=ingressgateway }}
"
    )
}

/// Returns the file of the service.
pub fn service(answers: &Answers) -> String {
    let Answers { name: _, service, port, host, istio: _ } = answers;
    format!(
        "\
service {service} {{
    port {port} http
    version v1
    version v2

    timeout \"15s\"

    // Most requests are served by v1. Some go to v2, and those that ask for it.
    serve v1
    canary v2 percent=10 {{
        header x-canary=always
    }}

    in prod {{
        canary percent=1
    }}
}}

// From outside, and with the same canary.
ingress {host} {{
    to {service}
}}

// What must hold, whatever else is changed.
expect \"testers may ask for the canary\" {{
    request GET \"http://{service}:{port}/\" {{ header x-canary=always }}
    to {service}@v2
}}
expect \"everyone else is split 90 to 10\" {{
    in dev
    request GET \"http://{service}:{port}/\"
    to {service}@v1 percent=90
    to {service}@v2 percent=10
}}
"
    )
}
