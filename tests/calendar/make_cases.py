#!/usr/bin/env python3
"""Writes cases.json: due times with their derivations, found by walking minute by minute over the wall clock.

Nothing of the program is used, so that the cases judge it. Run by hand when a family of cases is added: the output is
committed and looked over. Needs Python 3.9 and the system's zone database, nothing else.
"""
import json
import os
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HERE = os.path.dirname(os.path.abspath(__file__))
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
HOURS = {
    "office": {"monday-friday": ["08:30-12:00", "13:30-17:30"]},
    "saturday": {"monday-friday": ["08:30-12:00", "13:30-17:30"], "saturday": ["09:00-12:00"]},
    "three": {"monday-friday": ["07:00-09:00", "11:00-14:00", "17:00-20:00"]},
    "evening": {"monday-friday": ["18:00-24:00"]},
    "always": {"every day": ["00:00-24:00"]},
    "seven days": {"every day": ["09:00-21:00"]},
    "half days": {"monday-friday": ["08:30-12:00", "13:30-17:30"], "2026-02-14": ["08:30-12:00"],
                  "2026-04-03": ["08:30-12:00"], "2026-05-04": ["08:30-12:00"], "2026-06-12": [],
                  "2026-09-30": ["08:30-12:00"], "2026-12-31": ["08:30-12:00"]},
    "early": {"monday-friday": ["01:00-05:00", "22:00-24:00"]},
}


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class Hours:
    def __init__(self, written):
        self.week = [[] for _ in DAYS]
        self.dates = {}
        for key, periods in written.items():
            parsed = [tuple(minutes(t) for t in period.split("-")) for period in periods]
            if key[0].isdigit():
                self.dates[date.fromisoformat(key)] = parsed
                continue
            first, last = ("monday", "sunday") if key == "every day" else (key.split("-") + [key])[:2]
            if "-" not in key and key != "every day":
                last = key
            for i in range(DAYS.index(first), DAYS.index(last) + 1):
                self.week[i] = parsed
        self.make_up = next(p for p in self.week if p)


HOLIDAYS = {}
for year in (2023, 2024, 2025, 2026):
    with open(os.path.join(HERE, "../../templates/holidays-cn/%d.json" % year), encoding="utf-8") as file:
        for day in json.load(file)["days"]:
            HOLIDAYS[date.fromisoformat(day["date"])] = (day["name"], day["isOffDay"])


class Walk:
    """The wall clock of a zone, minute by minute, and who works when."""

    def __init__(self, zone, hours, holidays):
        self.zone, self.hours, self.holidays = ZoneInfo(zone), Hours(HOURS[hours]), holidays == "cn"
        self.offsets = {}

    def wall(self, utc):  # utc: minutes since 1970
        block = utc // 15
        if block not in self.offsets:
            moment = datetime.fromtimestamp(block * 900, timezone.utc).astimezone(self.zone)
            self.offsets[block] = int(moment.utcoffset().total_seconds()) // 60
        local = utc + self.offsets[block]
        return date(1970, 1, 1) + timedelta(days=local // 1440), local % 1440

    def utc(self, local):  # "2026-03-02 09:00", the first time the wall shows it
        moment = datetime.fromisoformat(local).replace(tzinfo=self.zone)
        return int(moment.timestamp()) // 60

    def text(self, utc):
        moment = datetime.fromtimestamp(utc * 60, timezone.utc).astimezone(self.zone)
        return moment.isoformat(timespec="seconds")

    def day(self, day):
        """(kind, name, periods)"""
        plain = self.hours.week[day.weekday()]
        name, off = HOLIDAYS.get(day, ("", None)) if self.holidays else ("", None)
        if day in self.hours.dates:
            own = self.hours.dates[day]
            if own:
                return "working", name if off else "", own
            return ("holiday" if off and name else "weekend" if not plain and day.weekday() > 4 else "closed day"), name, own
        if off is True:
            return "holiday", name, []
        if off is False:
            return "make-up", name, plain or self.hours.make_up
        if plain:
            return "working", "", plain
        return ("weekend" if day.weekday() > 4 else "closed day"), "", []

    def minutes_of(self, day):
        """First minute of a day, and of the next one."""
        guess = int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) // 60 - 180
        while self.wall(guess)[0] < day:
            guess += 1
        end = guess + 1200
        while self.wall(end)[0] <= day:
            end += 1
        return guess, end

    def edges(self, day):
        """The day's periods as minutes of the walk."""
        first, end = self.minutes_of(day)
        found = []
        for opens, closes in self.day(day)[2]:
            a = first
            while a < end and self.wall(a)[1] < opens:
                a += 1
            b = a
            while b < end and self.wall(b)[1] < closes:
                b += 1
            found.append((a, b))
        return found


def add_months(day, count):
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            pass


class Case:
    def __init__(self, walk, start, span, first_day, pauses):
        self.walk, self.start = walk, walk.utc(start)
        self.pauses = [(walk.utc(a), walk.utc(b)) for a, b in pauses]
        self.counted, self.skipped = [], []
        self.due = self.count(span, first_day == "counted")

    def paused(self, minute):
        return any(a <= minute < b for a, b in self.pauses)

    def skip(self, start, until, reason, name=""):
        if start >= until:
            return
        last = self.skipped[-1] if self.skipped else None
        if last and last["until"] == start and last["reason"] == reason and last["name"] == name:
            last["until"] = until
        else:
            self.skipped.append({"from": start, "until": until, "reason": reason, "name": name})

    def count(self, span, first_counted):
        start = self.start
        if span.endswith("next start of work"):
            day = self.walk.wall(start)[0]
            edges = self.walk.edges(day)
            at_work = edges and edges[0][0] <= start < edges[-1][1]
            if span == "next start of work" or not at_work:
                while True:
                    edges = self.walk.edges(day)
                    if edges and edges[0][0] > start:
                        break
                    day += timedelta(days=1)
                self.skip(start, edges[0][0], "before start of work")
                start = edges[0][0]
            if span == "next start of work":
                return start
            span = span[: -len(" after next start of work")]
        if span == "same day":
            return self.count_days(start, 1, False, True)
        if span == "closing of the day":
            return self.count_days(start, 1, True, True)
        number, unit = span.split(" ", 1)
        number, unit = int(number), unit.rstrip("s")
        if unit in ("minute", "hour", "working minute", "working hour"):
            return self.count_minutes(start, number * (60 if unit.endswith("hour") else 1), unit.startswith("working"))
        if unit in ("month", "year"):
            today = self.walk.wall(start)[0]
            number = (add_months(today, number * (12 if unit == "year" else 1)) - today).days
        if unit == "week":
            number *= 7
        return self.count_days(start, number, unit == "working day", first_counted)

    def count_minutes(self, minute, left, only_open):
        day = None
        while left > 0:
            today = self.walk.wall(minute)[0]
            if today != day:
                day = today
                kind, name, periods = self.walk.day(day)
                edges = self.walk.edges(day) if only_open else []
            is_open = not only_open or any(a <= minute < b for a, b in edges)
            if not is_open:
                if periods:
                    self.skip(minute, minute + 1, "outside hours")
                else:
                    self.skip(minute, minute + 1, kind, name)
            elif self.paused(minute):
                self.skip(minute, minute + 1, "paused")
            else:
                if self.counted and self.counted[-1][1] == minute:
                    self.counted[-1][1] = minute + 1
                else:
                    self.counted.append([minute, minute + 1])
                left -= 1
            minute += 1
        return minute

    def count_days(self, start, left, only_worked, first_counted):
        self.counted = []
        first = day = self.walk.wall(start)[0]
        while left > 0:
            begin, midnight = self.walk.minutes_of(day)
            begin = max(begin, start)
            kind, name, periods = self.walk.day(day)
            end = self.walk.edges(day)[-1][1] if only_worked and periods else midnight
            if only_worked and not periods:
                self.skip(begin, midnight, kind, name)
            elif day == first and start >= end:
                self.skip(begin, midnight, "outside hours", name)
            elif day == first and not first_counted:
                self.skip(begin, midnight, "first day not counted", name if only_worked else "")
            elif self.paused(end - 1):
                self.skip(begin, midnight, "paused")
            else:
                self.counted.append(day)
                left -= 1
                if left == 0:
                    return end
            day += timedelta(days=1)
        return start

    def counted_text(self):
        if not self.counted:
            return []
        if isinstance(self.counted[0], list):
            return ["%s .. %s" % (self.walk.text(a), self.walk.text(b)) for a, b in self.counted]
        ranges = []
        for day in self.counted:
            if ranges and ranges[-1][1] == day - timedelta(days=1):
                ranges[-1][1] = day
            else:
                ranges.append([day, day])
        return [a.isoformat() if a == b else "%s .. %s" % (a, b) for a, b in ranges]


CASES = []
WALKS = {}


def case(about, start, span, first_day="not counted", pauses=(), zone="Asia/Shanghai", hours="office", holidays="cn"):
    walk = WALKS.setdefault((zone, hours, holidays), Walk(zone, hours, holidays))
    found = Case(walk, start, span, first_day, pauses)
    row = {"about": about, "zone": zone, "hours": hours, "holidays": holidays, "start": walk.text(found.start),
           "span": span, "first_day": first_day, "due": walk.text(found.due), "counted": found.counted_text(),
           "skipped": [{**{"from": walk.text(s["from"]), "until": walk.text(s["until"]), "reason": s["reason"]},
                        **({"name": s["name"]} if s["name"] else {})} for s in found.skipped]}
    if pauses:
        row["pauses"] = [[walk.text(a), walk.text(b)] for a, b in found.pauses]
    CASES.append(row)


BOTH = ("counted", "not counted")

# 调休: before, in and after every holiday of four years, with make-up days.
for about, starts in {
        "Spring Festival 2023": ["2023-01-19 10:00", "2023-01-21 09:00", "2023-01-28 15:00"],
        "Labour Day 2023, make-up Sunday": ["2023-04-22 12:30", "2023-04-28 17:30", "2023-05-06 08:00"],
        "Mid-Autumn and National Day 2023": ["2023-09-28 17:29", "2023-10-07 10:00"],
        "Spring Festival 2024": ["2024-02-04 10:00", "2024-02-09 18:00", "2024-02-18 08:29"],
        "Qingming 2024, make-up Sunday": ["2024-04-03 16:00", "2024-04-07 11:00"],
        "Labour Day 2024": ["2024-04-28 09:00", "2024-04-30 17:31", "2024-05-11 10:00"],
        "Mid-Autumn 2024, make-up Saturday": ["2024-09-14 10:00", "2024-09-17 10:00"],
        "National Day 2024": ["2024-09-29 10:00", "2024-09-30 12:15", "2024-10-12 17:00"],
        "Spring Festival 2025": ["2025-01-26 10:00", "2025-01-27 20:00", "2025-02-08 09:30"],
        "Labour Day 2025": ["2025-04-27 13:00", "2025-04-30 10:00"],
        "National Day 2025": ["2025-09-28 10:00", "2025-10-08 23:59", "2025-10-11 08:30"],
        "New Year 2026, make-up Sunday": ["2025-12-31 10:00", "2026-01-02 10:00", "2026-01-04 17:00"],
        "Spring Festival 2026": ["2026-02-12 10:00", "2026-02-14 12:00", "2026-02-15 00:00", "2026-02-28 13:30"],
        "Labour Day 2026": ["2026-04-30 09:00", "2026-05-05 10:00", "2026-05-09 16:00"],
        "National Day 2026": ["2026-09-19 10:00", "2026-09-20 10:00", "2026-09-30 17:30", "2026-10-10 09:00"]}.items():
    for start in starts:
        for first_day in BOTH:
            case(about, start, "5 working days", first_day)
        case(about, start, "1 working day", "not counted")
        case(about, start, "9 working hours")

# Every minute that matters around a day's edges.
for time in ("00:00", "08:29", "08:30", "11:59", "12:00", "13:29", "13:30", "17:29", "17:30", "23:59"):
    for span in ("1 working day", "2 working hours", "closing of the day", "next start of work", "same day",
                 "1 hour after next start of work"):
        case("the edges of an office day", "2026-03-02 " + time, span, "counted")
for time in ("00:00", "12:00", "17:30"):
    case("the edges of a Friday", "2026-03-06 " + time, "4 working hours")
    case("a Saturday", "2026-03-07 " + time, "90 working minutes")

# Half days: Saturday mornings, and dates with hours of their own.
for start in ("2026-03-06 16:00", "2026-03-07 08:00", "2026-03-07 11:30", "2026-03-07 12:00", "2026-03-08 10:00"):
    for span in ("1 working day", "2 working days", "4 working hours", "closing of the day"):
        case("Saturday is a half day", start, span, "counted", hours="saturday")
for start in ("2026-02-13 16:00", "2026-02-14 09:00", "2026-02-14 12:00", "2026-04-02 15:00", "2026-04-03 11:00",
              "2026-04-30 16:30", "2026-06-11 17:00", "2026-06-12 10:00", "2026-09-30 08:00", "2026-12-30 17:00",
              "2026-12-31 13:00"):
    for span in ("1 working day", "5 working hours", "closing of the day"):
        case("dates with hours of their own", start, span, "not counted", hours="half days")

# Several periods a day.
for time in ("06:00", "08:00", "09:00", "10:30", "11:00", "13:59", "16:00", "17:00", "19:59", "20:00"):
    for span in ("3 working hours", "8 working hours", "100 working minutes", "1 working day"):
        case("three periods a day", "2026-03-05 " + time, span, "counted", hours="three")

# 24:00.
for start in ("2026-03-02 17:59", "2026-03-02 18:00", "2026-03-02 23:59", "2026-03-03 00:00", "2026-03-06 23:30"):
    for span in ("1 working day", "7 working hours", "closing of the day"):
        case("open till midnight", start, span, "counted", hours="evening")
    case("ends at 24:00", start, "same day")
    case("ends at 24:00", start, "2 days")
    case("around the clock", start, "30 working hours", hours="always", holidays="none")
    case("around the clock", start, "3 working days", hours="always", holidays="none")
for start in ("2026-03-06 20:00", "2026-03-07 21:00", "2026-03-08 08:00"):
    for span in ("2 working days", "5 working hours", "1 hour after next start of work"):
        case("all seven days are worked", start, span, "counted", hours="seven days", holidays="none")

# Plain dates: leap days, ends of months and years.
for start in ("2024-01-31 10:00", "2024-02-28 23:59", "2024-02-29 00:00", "2025-02-28 12:00", "2026-01-30 09:00",
              "2026-03-31 09:00", "2026-05-31 18:00", "2026-08-31 09:00", "2027-12-31 09:00"):
    for span in ("1 month", "2 months", "6 months", "1 year", "1 day", "10 days"):
        case("ends of months and leap days", start, span, "not counted")
    case("ends of months and leap days", start, "1 month", "counted")
for start in ("2023-12-29 16:00", "2024-12-31 23:59", "2025-12-31 17:30", "2026-12-31 10:00"):
    for span in ("3 working days", "10 working hours", "48 hours", "2 weeks", "1 month"):
        case("over the end of the year", start, span, "counted")

# Pauses.
for about, pauses in {
        "an hour's pause": [("2026-03-03 09:00", "2026-03-03 10:00")],
        "a pause over a closing": [("2026-03-03 16:00", "2026-03-04 09:00")],
        "a pause over a weekend": [("2026-03-06 10:00", "2026-03-09 10:00")],
        "two pauses": [("2026-03-02 11:00", "2026-03-03 18:00"), ("2026-03-05 08:00", "2026-03-05 17:30")]}.items():
    for span in ("5 working days", "12 working hours", "72 hours", "5 days", "1 week"):
        case(about, "2026-03-02 10:00", span, "counted", pauses)
        case(about, "2026-03-02 10:00", span, "not counted", pauses)

# Zones with daylight saving: the day with 23 hours, the one with 25, a half-hour change, a midnight that is not there.
for about, zone, starts in (
        ("clocks go forward", "Europe/Berlin", ["2026-03-28 20:00", "2026-03-29 01:59", "2026-03-29 03:00"]),
        ("clocks go back", "Europe/Berlin", ["2026-10-24 20:00", "2026-10-25 01:30", "2026-10-25 02:30"]),
        ("clocks go forward", "America/New_York", ["2026-03-07 12:00", "2026-03-08 01:00"]),
        ("clocks go back", "America/New_York", ["2026-10-31 12:00", "2026-11-01 00:30"]),
        ("half an hour forward", "Australia/Lord_Howe", ["2026-10-03 22:00"]),
        ("half an hour back", "Australia/Lord_Howe", ["2026-04-04 22:00"]),
        ("a midnight that is not there", "Africa/Cairo", ["2026-04-23 23:00"])):
    for start in starts:
        case(about, start, "24 hours", zone=zone, holidays="none")
        case(about, start, "1 day", zone=zone, holidays="none")
        case(about, start, "same day", zone=zone, holidays="none")
        case(about, start, "8 working hours", zone=zone, hours="always", holidays="none")
        case(about, start, "6 working hours", zone=zone, hours="early", holidays="none")

with open(os.path.join(HERE, "cases.json"), "w", encoding="utf-8") as file:
    file.write('{"hours": %s,\n "cases": [\n' % json.dumps(HOURS))
    file.write(",\n".join("  " + json.dumps({"id": i + 1, **row}, ensure_ascii=False) for i, row in enumerate(CASES)))
    file.write("\n]}\n")
print(len(CASES), "cases")
