"""The country template of OpenFisca: one household at a time, every variable that has a formula.

Prints the milliseconds of each household, one a line, the last being the CPU seconds of all.
"""

import random
import time

from openfisca_core.simulations import SimulationBuilder
from openfisca_country_template import CountryTaxBenefitSystem

HOUSEHOLDS = 300
MONTH, YEAR = "2016-10", "2016"

system = CountryTaxBenefitSystem()
draw = random.Random(7)


def person():
    born = f"{draw.randint(1930, 2015)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return {
        "birth": {"ETERNITY": born},
        "salary": {MONTH: draw.choice([0, draw.randint(500, 9000)])},
        "capital_returns": {MONTH: draw.choice([0, draw.randint(0, 900)])},
    }


def home():
    people = {f"m{index}": person() for index in range(draw.randint(1, 7))}
    keys = list(people)
    household = {
        "adults": keys[:2],
        "children": keys[2:],
        "rent": {MONTH: draw.randint(0, 2000)},
        "accommodation_size": {f"{YEAR}-01": draw.randint(10, 200)},
        "housing_occupancy_status": {f"{YEAR}-01": draw.choice(["tenant", "owner"])},
    }
    return {"persons": people, "households": {"home": household}}


def evaluate(situation):
    simulation = SimulationBuilder().build_from_entities(system, situation)
    for name, variable in system.variables.items():
        if variable.formulas:
            period = YEAR if str(variable.definition_period) == "year" else MONTH
            simulation.calculate(name, period)


homes = [home() for _ in range(HOUSEHOLDS)]
evaluate(homes[0])
began = time.process_time()
for situation in homes:
    start = time.perf_counter()
    evaluate(situation)
    print((time.perf_counter() - start) * 1000)
print(time.process_time() - began)
