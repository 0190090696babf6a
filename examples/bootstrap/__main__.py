"""State bucket, keys, and the roles of the pipelines, in one AWS account."""

import pulumi
from pulumi.runtime import config as engine_config

from ci import names, roles, variables
from ci.pipeline_roles import PipelineRoles, PipelineRolesArgs
from ci.settings import RefusedError, load
from ci.state_store import StateStore, StateStoreArgs

try:
    # Every key: `pulumi.Config` reads one at a time and would never see an unknown one.
    settings = load(
        {**engine_config.get_config_env(), **engine_config.CONFIG.get()}, f"Pulumi.{pulumi.get_stack()}.yaml"
    )
except RefusedError as error:
    raise pulumi.RunError(str(error)) from None

pipelines = PipelineRoles("pipelines", PipelineRolesArgs(plans=roles.plans(settings)))
StateStore("state", StateStoreArgs(settings=settings, roles=pipelines.roles))

# As docs/pipelines.md lists them; README.md has the commands that hand them to GitHub.
pulumi.export("repository", settings.repository.name)
pulumi.export("branch", settings.branch)
pulumi.export("repositoryVariables", variables.repository(settings))
pulumi.export("environmentVariables", variables.environments(settings))
pulumi.export("backendUrl", names.backend_url(settings))
pulumi.export("secretsProviders", {stack: names.secrets_provider(settings, stack) for stack in settings.environments})
