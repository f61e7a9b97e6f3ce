"""The Python package lifetimes on the same customers: lifetimes_peer.py CDNOW.csv SYNTHETIC.csv FOLDER prints lines "name value".

The folder holds references, MODEL.golden.csv: what the formulas give at given parameters."""
import pathlib
import sys
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter

warnings.filterwarnings("ignore")
WEEKS = 39


def fit(name, model, *columns):
    begun = time.process_time()
    try:
        model.fit(*columns)
    except Exception as error:
        print(f"{name}: {type(error).__name__}", file=sys.stderr)
        return None
    print(f"{name}.cpu {time.process_time() - begun}")
    return model


def tell(name, model):
    # Its likelihoods are scaled and leave constants out, so they are not told.
    for parameter, value in model.params_.items():
        print(f"{name}.{parameter} {value}")


def auc(score, bought):
    ranks = pd.Series(score).rank().to_numpy()
    yes = bought.sum()
    return (ranks[bought].sum() - yes * (yes + 1) / 2) / (yes * (len(bought) - yes))


def judge(name, model, d):
    expected = np.asarray(model.conditional_expected_number_of_purchases_up_to_time(WEEKS, d.frequency, d.recency, d["T"]))
    off = expected - d.orders
    print(f"{name}.mae {np.abs(off).mean()}\n{name}.rmse {np.sqrt((off ** 2).mean())}")
    print(f"{name}.total {expected.sum() / d.orders.sum() - 1}\n{name}.auc {auc(expected, (d.orders > 0).to_numpy())}")
    return expected


def tell_off(name, got, expected):
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    finite = np.isfinite(got)
    off = np.abs(got - expected) / np.maximum(np.abs(expected), 1e-3)
    print(f"{name}.not_finite {(~finite).sum()}\n{name}.worst {off[finite].max() if finite.any() else 0}")


def hold(name, model, reference):
    answers = {"p_alive": [], "expected_orders": []}
    for row in reference.itertuples(index=False):
        model.params_ = pd.Series(dict(zip(reference.columns[:4], row[:4])))
        for answer, ask in [
            ("p_alive", lambda: model.conditional_probability_alive(row.x, row.tx, row.T)),
            ("expected_orders", lambda: model.conditional_expected_number_of_purchases_up_to_time(row.t, row.x, row.tx, row.T)),
        ]:
            try:
                answers[answer].append(float(np.ravel(ask())[0]))
            except Exception:
                answers[answer].append(float("nan"))
    tell_off(f"golden.{name}.p_alive", answers["p_alive"], reference.p_alive)
    tell_off(f"golden.{name}.expected_orders", answers["expected_orders"], reference.exp_purchases)


np.seterr(all="ignore")
for name, model in [("bg_nbd", BetaGeoFitter()), ("mbg_nbd", ModifiedBetaGeoFitter()), ("pareto_nbd", ParetoNBDFitter())]:
    hold(name, model, pd.read_csv(pathlib.Path(sys.argv[3]) / f"{name}.golden.csv"))

sample, base = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])
for name, model in [("bg_nbd", BetaGeoFitter()), ("mbg_nbd", ModifiedBetaGeoFitter()), ("pareto_nbd", ParetoNBDFitter())]:
    fitted = fit(f"cdnow.{name}", model, sample.frequency, sample.recency, sample["T"])
    if fitted is not None:
        tell(f"cdnow.{name}", fitted)
        expected = judge(f"cdnow.{name}", fitted, sample)
        if name == "bg_nbd":
            counted = expected
paid = sample[sample.paid > 0]
money = fit("cdnow.gamma_gamma", GammaGammaFitter(), paid.paid, paid["mean"])
if money is not None:
    tell("cdnow.gamma_gamma", money)
    value = np.asarray(money.conditional_expected_average_profit(sample.paid, sample["mean"]))
    came = (sample.paid_after > 0).to_numpy()
    actual = (sample.spend_after / sample.paid_after.clip(lower=1)).to_numpy()
    print(f"cdnow.value.mae {np.abs(value - actual)[came].mean()}")
    order = np.argsort(-counted * value, kind="stable")
    spend = sample.spend_after.to_numpy()
    print(f"cdnow.value.best_tenth {spend[order][: len(order) // 10].sum() / spend.sum()}")
for name, model in [("bg_nbd", BetaGeoFitter()), ("mbg_nbd", ModifiedBetaGeoFitter())]:
    fitted = fit(f"speed.{name}", model, base.frequency, base.recency, base["T"])
    if fitted is not None and name == "bg_nbd":
        begun = time.process_time()
        fitted.conditional_expected_number_of_purchases_up_to_time(WEEKS, base.frequency, base.recency, base["T"])
        fitted.conditional_probability_alive(base.frequency, base.recency, base["T"])
        print(f"speed.scores.cpu {time.process_time() - begun}")
paid = base[base.paid > 0]
fit("speed.gamma_gamma", GammaGammaFitter(), paid.paid, paid["mean"])
