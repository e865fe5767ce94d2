"""A file of people that uses every key, with the files that it names."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lowtide.people import Book

SHANGHAI = ZoneInfo("Asia/Shanghai")

PEOPLE = """\
time_zone: Asia/Shanghai
public_url: https://stock.example.com
currency: ¥
locations: locations.csv
calendars:
  office: {holidays: CN, work: {mon-fri: "09:00-18:00"}}
  shop: {work: {daily: "08:00-22:00"}}
  always: {}
people:
  zhao: {name: 赵敏, contacts: mail:zhao@example.com}
  qian: {name: 钱江, lead: zhao, contacts: mail:qian@example.com}
  wang: {name: 王芳, lead: zhao, calendar: office, contacts: [mail:wang@example.com], approve_up_to: 50000}
  chen: {name: 陈晨, lead: wang, lang: zh, calendar: office, contacts: [wecom-chen, mail:chen@example.com],
         quiet: "21:00-08:00", digest: ["09:00", "17:30"], budget: 4, approve_up_to: 5000, deputy: li}
  li: {lead: wang, calendar: office, contacts: [mail:li@example.com]}
  sun: {lead: qian, contacts: console}
teams:
  dairy-buyers: {lead: wang, rotate: [chen, li], every: 1w, from: 2026-11-30, fallback: wang, calendar: office}
  buyers: {lead: wang, members: [li, chen], fallback: wang, calendar: office}
  chasers: {lead: wang, members: [sun]}
  stock-control: {members: [li], lead: wang}
  "store-{location}": {members: locations.manager, lead: locations.region, calendar: locations.hours, fallback: wang}
absences:
  - {person: chen, from: 2026-12-14, to: 2026-12-18, deputy: li}
overrides:
  - {team: dairy-buyers, person: wang, from: "2026-12-02 12:00", to: 2026-12-02}
targets:
  wecom-chen: {kind: wecom, url_file: secrets/wecom-chen, personal: true}
  erp: {kind: webhook, url: "https://erp.example.com/lowtide", secret_file: secrets/erp, allow: [10.2.0.0/16]}
  post: {kind: mail, host: mail.example.com, from: stock@example.com, user: stock, password_file: secrets/mail}
routes:
  - {match: {type: overdue_supply}, to: chasers, group_by: [supplier]}
  - {match: {type: [negative_stock]}, to: "store-{location}", follow: [stock-control]}
  - {match: {category: DAIRY}, to: dairy-buyers, group_by: [supplier]}
  - {match: {region: 华东}, to: buyers}
  - {to: buyers}
ladders:
  critical: {ack: 30m, resolve: 4h, steps: [owner 0m, owner 15m, lead 30m, manager 2h], calendar: shop, repeat: 2h}
  warning: {ack: 4h, resolve: 2d, steps: [owner 0m, assign lead 4h], repeat: 1d, tell_end: true}
  watch: {steps: [digest]}
checklists: checklists/
reviews: [{to: [wang], every: month}, {to: zhao, every: week}]
inhibit:
  - {when: {type: negative_stock}, mutes: {type: [projected_stockout, out_of_stock]}, equal: [location, sku]}
  - {when: {type: out_of_stock, location: "DC*"}, mutes: {type: projected_stockout}, equal: [sku]}
stages: {decide: cut_off, export: 2h, confirm: 1d}
donor: ask
stale_after: 8d
"""
LOCATIONS = """\
location,name,region,manager,time_zone,hours
330,People's Square,华东,sun; li,,mon-fri 08:00-20:00; sat 09:00-18:00
331,Bund,华东,,Asia/Tokyo,22:00-06:00
DC1,Depot,华东,,,daily 00:00-24:00
华东,East,,qian,,
"""


def at(text: str) -> datetime:
    """A local time of the shop."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def folder(path: Path, people: str = PEOPLE) -> Path:
    """The files in a folder; gives back the file of people."""
    (path / "locations.csv").write_text(LOCATIONS, "utf-8")
    (path / "checklists").mkdir()
    (path / "checklists/overdue_supply.zh.md").write_text("先打电话给供应商。\n", "utf-8")
    (path / "people.yaml").write_text(people, "utf-8")
    return path / "people.yaml"


def book(path: Path, people: str = PEOPLE) -> Book:
    """The book of these files."""
    return Book.load(folder(path, people))
