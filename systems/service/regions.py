"""Where each cloud is, as it writes the names: a typo is found before anything is made.

A region that is newer than this list is added here.
"""

from __future__ import annotations

import difflib

CLOUDS = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure"}

REGIONS = {
    "aws": (
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2"),
        *("ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2"),
        *("ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6"),
        *("ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2"),
        *("eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    ),
    "gcp": (
        *("africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2"),
        *("asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2"),
        *("australia-southeast1", "australia-southeast2", "europe-central2", "europe-north1"),
        *("europe-north2", "europe-southwest1", "europe-west1", "europe-west10"),
        *("europe-west12", "europe-west2", "europe-west3", "europe-west4", "europe-west6"),
        *("europe-west8", "europe-west9", "me-central1", "me-central2", "me-west1"),
        *("northamerica-northeast1", "northamerica-northeast2", "northamerica-south1"),
        *("southamerica-east1", "southamerica-west1", "us-central1", "us-east1", "us-east4"),
        *("us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4"),
    ),
    "azure": (
        *("australiacentral", "australiaeast", "australiasoutheast", "austriaeast"),
        *("belgiumcentral", "brazilsouth", "canadacentral", "canadaeast", "centralindia"),
        *("centralus", "chilecentral", "denmarkeast", "eastasia", "eastus", "eastus2"),
        *("francecentral", "germanywestcentral", "indonesiacentral", "israelcentral"),
        *("italynorth", "japaneast", "japanwest", "koreacentral", "koreasouth"),
        *("malaysiawest", "mexicocentral", "newzealandnorth", "northcentralus"),
        *("northeurope", "norwayeast", "polandcentral", "qatarcentral", "southafricanorth"),
        *("southcentralus", "southeastasia", "southindia", "spaincentral", "swedencentral"),
        *("switzerlandnorth", "uaenorth", "uksouth", "ukwest", "westcentralus", "westeurope"),
        *("westindia", "westus", "westus2", "westus3"),
    ),
}


def mistake(cloud: str, region: str) -> tuple[str, str] | None:
    """What is wrong with a region, and the fix; None where nothing is."""
    known = REGIONS[cloud]
    if region in known:
        return None
    for other, theirs in REGIONS.items():
        if region in theirs:
            return (
                f"is a region of {CLOUDS[other]}, and this stack is on {CLOUDS[cloud]}",
                f"name one of {CLOUDS[cloud]}, such as {_near(region, known)!r}",
            )
    return (
        f"is no region of {CLOUDS[cloud]} that is known here",
        f"did you mean {_near(region, known)!r}? One that is newer is added to "
        "systems/service/regions.py",
    )


def _near(region: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(region, known, n=1, cutoff=0)
    return found[0] if found else known[0]
