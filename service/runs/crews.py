"""Which crew the settings ask for, and the dispatcher that commands it."""

from importlib import import_module

from service.context import Context
from service.plans.repository import files_of
from service.runs.crew import Crew, ProcessCrew
from service.runs.dispatcher import Dispatcher


def crew_of(context: Context) -> Crew:
    """Return processes of this machine, or the cluster that the settings name.

    Raises
    ------
    OSError
        If no scheduler answers at the address.
    """
    settings = context.settings
    if not settings.cluster:
        return ProcessCrew(settings.workers)

    def files(revision_id: str) -> dict[str, bytes]:
        with context.database.reads() as session:
            return files_of(session, revision_id)

    crew: Crew = import_module("service.runs.cluster_crew").ClusterCrew(settings.cluster, files)
    return crew


def dispatcher_of(context: Context) -> Dispatcher:
    """Return a dispatcher whose crew is made at the first run."""
    return Dispatcher(context, lambda: crew_of(context))
