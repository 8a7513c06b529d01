"""A company, its agents and the gateway's user in a new database, as the documentation says; run by Tryton's Python."""

import json
import sys

from trytond.config import config

config.update_etc(sys.argv[1])

from trytond.pool import Pool  # noqa: E402 - the configuration has to be read before
from trytond.transaction import Transaction  # noqa: E402

Pool.start()
pool = Pool(sys.argv[2])
pool.init()

with Transaction().start(sys.argv[2], 1):
    make = {name: pool.get(name).create for name in ("res.user", "party.party", "res.group", "res.user.application")}
    (currency,) = pool.get("currency.currency").create([{"name": "Euro", "code": "EUR", "symbol": "€"}])
    own, first, second = make["party.party"]([{"name": name} for name in ("Lucky Shrub", "Agent One", "Agent Two")])
    (company,) = pool.get("company.company").create([{"party": own.id, "currency": currency.id}])
    employees = pool.get("company.employee").create(
        [{"party": party.id, "company": company.id} for party in (first, second)]
    )
    chats = {"model": "ir.chat.channel", "perm_read": True, "perm_write": True, "perm_create": True}
    (gateway_group,) = make["res.group"]([{"name": "Messaging gateway", "model_access": [("create", [chats])]}])
    (opportunities,) = pool.get("res.group").search([("name", "=", "Sale Opportunity")])
    place = {"companies": [("add", [company.id])], "company": company.id}
    groups = [("add", [gateway_group.id, opportunities.id])]
    users = [
        {"name": name, "login": login, "groups": groups, **place}
        for name, login in (("WhatsApp", "gateway"), ("Second shop", "second"))
    ]
    for login, employee in zip(("agent", "other"), employees, strict=True):
        own_part = {"employees": [("add", [employee.id])], "employee": employee.id}
        users.append(
            {
                "name": employee.party.name,
                "login": login,
                "password": f"the password of {login}",
                "groups": [("add", [opportunities.id])],
                **place,
                **own_part,
            }
        )
    made = make["res.user"](users)
    (administrator,) = pool.get("res.user").search([("login", "=", "admin")])
    pool.get("res.user").write([administrator], place)
    keys = make["res.user.application"](
        [{"user": user.id, "application": "rest"} for user in (made[0], made[0], made[1], administrator)]
    )
    told = {
        "company": company.id,
        "key": keys[0].key,
        "spare": keys[1].key,
        "second": keys[2].key,
        "admin": keys[3].key,
        "employees": [one.id for one in employees],
    }
    print(json.dumps(told))  # noqa: T201 - the fixture reads it
