"""The clouds' price lists played on this computer: strict about what is asked, and about what they answer.

The shapes are the documented ones: botocore's model of ``pricing``; the fields that Microsoft lists for
``api/retail/prices``; the fields of Google's catalogue of SKUs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.aws import wire
from tests.emulators.serving import Reply, Request

Tree = dict[str, Any]

JSON = {"Content-Type": "application/json"}

AZURE_TERM = re.compile(r"(\w+) eq '([^']*)'")
AZURE_FIELDS = {
    "armRegionName", "location", "meterId", "meterName", "productId", "skuId", "productName", "skuName",
    "serviceName", "serviceId", "serviceFamily", "priceType", "armSkuName",
}  # fmt: skip
"""What Microsoft's page says can be filtered by."""


def azure_item(**known: Any) -> Tree:
    """Return a price as Azure writes it, an hour of a Linux machine if nothing else is said."""
    item = {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": 0.192,
        "unitPrice": 0.192,
        "armRegionName": "westeurope",
        "location": "EU West",
        "effectiveStartDate": "2023-04-01T00:00:00Z",
        "meterId": "00000000-0000-0000-0000-000000000001",
        "meterName": "D4s v5",
        "productId": "DZH318Z0CSHJ",
        "productName": "Virtual Machines Dsv5 Series",
        "skuId": "DZH318Z0CSHJ/0001",
        "skuName": "D4s v5",
        "serviceName": "Virtual Machines",
        "serviceId": "DZH313Z7MMC8",
        "serviceFamily": "Compute",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": "Standard_D4s_v5",
    }
    assert set(known) <= set(item), "a field that Azure does not have"
    return {**item, **known}


@dataclass
class AzureList:
    """Azure's retail prices: filters as asked, and gives pages."""

    items: list[Tree]
    page: int = 100
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Answer a GET of the list; everything else is complained about."""
        if request.path != "/api/retail/prices" or request.method != "GET":
            return self._complain(f"{request.method} {request.path}")
        if set(request.query) - {"$filter", "$skip"} or "Authorization" in request.headers:
            return self._complain(f"what it does not take: {sorted(request.query)}")
        text = request.query["$filter"][0]
        self.asked.append(text)
        terms = []
        for part in text.split(" and "):
            match = AZURE_TERM.fullmatch(part)
            if match is None or match[1] not in AZURE_FIELDS:
                return self._complain(f"a filter that it does not take: {part}")
            terms.append(("type" if match[1] == "priceType" else match[1], match[2]))
        found = [one for one in self.items if all(one[name] == value for name, value in terms)]
        skip = int(request.query.get("$skip", ["0"])[0])
        rest = len(found) > skip + self.page
        more = f"{request.base}/api/retail/prices?$filter={text.replace(' ', '%20')}&$skip={skip + self.page}"
        body = {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": found[skip : skip + self.page],
            "NextPageLink": more if rest else None,
            "Count": len(found[skip : skip + self.page]),
        }
        return Reply(200, json.dumps(body).encode(), JSON)

    def _complain(self, what: str) -> Reply:
        self.complaints.append(what)
        return Reply(400, b"{}", JSON)


def aws_product(service: str, usd: str, unit: str, region: str = "eu-south-1", **attributes: str) -> Tree:
    """Return a product as Amazon writes it, with one price on demand."""
    sku = f"SKU{abs(hash((service, usd, *attributes.items()))) % 10**9}"
    dimension = {
        "unit": unit,
        "endRange": "Inf",
        "description": f"${usd} per {unit}",
        "appliesTo": [],
        "rateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
        "beginRange": "0",
        "pricePerUnit": {"USD": usd},
    }
    family = attributes.pop("productFamily", "Compute Instance")
    return {
        "product": {
            "productFamily": family,
            "attributes": {"servicecode": service, "regionCode": region, **attributes},
            "sku": sku,
        },
        "serviceCode": service,
        "terms": {
            "OnDemand": {
                f"{sku}.JRTCKXETXF": {
                    "priceDimensions": {f"{sku}.JRTCKXETXF.6YS6EN2CT7": dimension},
                    "sku": sku,
                    "effectiveDate": "2026-11-01T00:00:00Z",
                    "offerTermCode": "JRTCKXETXF",
                    "termAttributes": {},
                }
            }
        },
        "version": "20261101000000",
        "publicationDate": "2026-11-01T00:00:00Z",
    }


@dataclass
class AwsList:
    """Amazon's price list: requests and replies fit botocore's model of it."""

    products: list[Tree]
    page: int = 2
    fail: wire.AwsError | None = None
    filters: list[Mapping[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Answer GetProducts; everything else is complained about."""
        if self.fail:
            return wire.write_error("pricing", self.fail)
        try:
            operation, asked = wire.read("pricing", request)
        except KeyError as error:
            self.complaints.append(f"an unknown operation: {error}")
            return wire.write_error("pricing", wire.AwsError("InvalidAction", "unknown"))
        wrong = wire.complaints(operation.input_shape, asked)
        if operation.name != "GetProducts" or wrong:
            self.complaints.append(wrong or operation.name)
            return wire.write_error("pricing", wire.AwsError("InvalidParameterException", wrong))
        wanted = {one["Field"]: one["Value"] for one in asked.get("Filters", ())}
        self.filters.append(wanted)
        found = [one for one in self.products if self._fits(one, asked["ServiceCode"], wanted)]
        at = int(asked.get("NextToken") or 0)
        tree: Tree = {
            "FormatVersion": "aws_v1",
            "PriceList": [json.dumps(one) for one in found[at : at + self.page]],
        }
        if len(found) > at + self.page:
            tree["NextToken"] = str(at + self.page)
        self.complaints += filter(None, [wire.output_complaints(operation, tree)])
        return wire.write(operation, tree)

    @staticmethod
    def _fits(product: Tree, service: str, wanted: Mapping[str, str]) -> bool:
        about = product["product"]
        known = {**about["attributes"], "productFamily": about["productFamily"]}
        return product["serviceCode"] == service and all(
            known.get(name) == value for name, value in wanted.items()
        )


def google_sku(
    description: str,
    unit: str,
    *rates: float,
    usage: str = "OnDemand",
    regions: Iterable[str] = ("europe-west1",),
) -> Tree:
    """Return a SKU as Google writes it, with a rate for each tier."""
    return {
        "name": "services/6F81-5844-456A/skus/0000-0000-0001",
        "skuId": "0000-0000-0001",
        "description": description,
        "category": {
            "serviceDisplayName": "Compute Engine",
            "resourceFamily": "Compute",
            "resourceGroup": "CPU",
            "usageType": usage,
        },
        "serviceRegions": list(regions),
        "pricingInfo": [
            {
                "summary": "",
                "pricingExpression": {
                    "usageUnit": unit,
                    "displayQuantity": 1,
                    "tieredRates": [
                        {
                            "startUsageAmount": number * 30,
                            "unitPrice": {
                                "currencyCode": "USD",
                                "units": str(int(rate)),
                                "nanos": round(rate % 1 * 1e9),
                            },
                        }
                        for number, rate in enumerate(rates)
                    ],
                    "usageUnitDescription": unit,
                },
                "currencyConversionRate": 1,
                "effectiveTime": "2026-11-01T00:00:00Z",
            }
        ],
        "serviceProviderName": "Google",
        "geoTaxonomy": {"type": "REGIONAL", "regions": list(regions)},
    }


@dataclass
class GoogleList:
    """Google's catalogue of Compute Engine, in pages."""

    skus: list[Tree]
    page: int = 3
    status: int = 200
    error: Tree = field(default_factory=dict)
    pages: int = 0
    complaints: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Answer a GET of the SKUs; everything else is complained about."""
        known = {"currencyCode", "pageSize", "pageToken", "fields"}
        if request.path != "/v1/services/6F81-5844-456A/skus" or set(request.query) - known:
            self.complaints.append(f"{request.path} {sorted(request.query)}")
            return Reply(400, b"{}", JSON)
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            self.complaints.append("nobody is signed in")
        if int(request.query["pageSize"][0]) > 5000 or request.query["currencyCode"] != ["USD"]:
            self.complaints.append("a page or a currency that is none")
        if self.status != 200:
            return Reply(self.status, json.dumps(self.error).encode(), JSON)
        self.pages += 1
        at = int(request.query.get("pageToken", ["0"])[0])
        token = str(at + self.page) if len(self.skus) > at + self.page else ""
        body = {"skus": self.skus[at : at + self.page], "nextPageToken": token}
        return Reply(200, json.dumps(body).encode(), JSON)
