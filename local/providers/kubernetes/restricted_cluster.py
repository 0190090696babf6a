"""The cluster that only keeps what it is given, as one of its users meets it: roles decide."""

from collections.abc import Collection, Iterator
from typing import NoReturn

from local.providers.kubernetes.kept_cluster import Cluster
from local.providers.kubernetes.objects import Identity, identity
from local.providers.kubernetes.target import Manifest
from local.providers.protocol.failures import RefusedError

BINDINGS = ("RoleBinding", "ClusterRoleBinding")


class Restricted:
    """Refuses what no role in the cluster allows the user or its groups, as the API server does. Takes no releases.

    Asked for: the verbs of what the provider sends, the first write as server-side apply. Not: what the provider reads
    while it waits for pods.
    """

    def __init__(self, cluster: Cluster, user: str, groups: Collection[str]) -> None:
        self._cluster, self._user, self._subjects = (
            cluster,
            user,
            {("User", user), *(("Group", each) for each in groups)},
        )

    @property
    def swept(self) -> list[str]:
        """Return what the whole cluster deleted only with a namespace."""
        return self._cluster.swept

    def preview(self, manifest: Manifest, outputs: Manifest | None) -> None:
        """Submit a dry run, which requires the same rights."""
        self._may(("patch",) if outputs else ("get", "create", "patch"), manifest)

    def create(self, manifest: Manifest) -> Manifest:
        """Create the object. Raises RefusedError."""
        self._may(("get", "create", "patch"), manifest)
        return self._cluster.create(manifest)

    def update(self, manifest: Manifest, outputs: Manifest) -> Manifest:
        """Update the object. Raises RefusedError."""
        self._may(("get", "patch"), manifest)
        return self._cluster.update(manifest, outputs)

    def find(self, manifest: Manifest) -> Manifest | None:
        """Find the object. Raises RefusedError."""
        self._may(("get",), manifest)
        return self._cluster.find(manifest)

    def delete(self, manifest: Manifest) -> None:
        """Delete the object. Raises RefusedError."""
        self._may(("get", "delete"), manifest)
        self._cluster.delete(manifest)

    def install(self, release: Manifest) -> NoReturn:
        """Refuse the release: helm keeps its releases in Secrets."""
        raise RefusedError(f"{self._user} installs no charts here")

    upgrade = uninstall = release = install

    def objects(self) -> dict[Identity, Manifest]:
        """Return the objects of the whole cluster."""
        return self._cluster.objects()

    def releases(self) -> dict[str, Manifest]:
        """Return the releases of the whole cluster."""
        return self._cluster.releases()

    def cancel(self) -> None:
        """Do nothing: no call waits."""

    def leftovers(self) -> list[Identity]:
        """Return the leftovers of the whole cluster."""
        return self._cluster.leftovers()

    def _may(self, verbs: Collection[str], manifest: Manifest) -> None:
        wanted = identity(manifest)
        plural = wanted.resource.partition(".")[0]
        for verb in verbs:
            if not any(_allows(rule, verb, wanted.group, plural) for rule in self._rules(wanted.namespace)):
                place = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
                raise RefusedError(
                    f'{wanted.resource} "{wanted.name}" is forbidden: User "{self._user}" cannot {verb} resource '
                    f'"{plural}" in API group "{wanted.group}" {place}'
                )

    def _rules(self, namespace: str) -> Iterator[Manifest]:
        """Yield the rules of every role that is bound to the user in the namespace or everywhere."""
        found = self._cluster.objects()
        for place, binding in found.items():
            if place.kind in BINDINGS and place.namespace in ("", namespace) and self._names(binding):
                role = binding["roleRef"]
                where = "" if role["kind"] == "ClusterRole" else place.namespace
                bound = found.get(Identity(place.group, role["kind"], where, role["name"]))
                yield from (bound or {}).get("rules", ())

    def _names(self, binding: Manifest) -> bool:
        return any((each["kind"], each["name"]) in self._subjects for each in binding.get("subjects", ()))


def _allows(rule: Manifest, verb: str, group: str, plural: str) -> bool:
    asked = {"verbs": verb, "apiGroups": group, "resources": plural}
    return "resourceNames" not in rule and all({each, "*"} & set(rule.get(key, ())) for key, each in asked.items())
