// A market for Timefold: each need takes one of its choices or none. Read from a file, answered on standard output.
//
// The file has whole numbers only: needs, choices, rows, groups, seconds, seed; for each row its capacity; for each choice
// need, gain, number of entries, then row and load of each; for each group 1 for all or none (0: at most one), number
// of needs, needs. Answered are lines "better <milliseconds> <worth>" and at last "taken" with each need's choice or -1.

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;
import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StreamTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

public class TimefoldMarket {

    public record Choice(int id, int need, long gain, int[] rows, long[] loads) {}

    public record Group(boolean together, int[] needs) {}

    public static class MostValueLast implements Comparator<Need> {
        public int compare(Need one, Need other) {
            return Comparator.comparingLong(Need::best).thenComparingInt(need -> need.id).compare(one, other);
        }
    }

    @PlanningEntity(difficultyComparatorClass = MostValueLast.class)
    public static class Need {
        @PlanningId
        public int id;
        public List<Choice> choices = new ArrayList<>();
        private Choice choice;

        public Need() {}

        public Need(int id) {
            this.id = id;
        }

        @ValueRangeProvider(id = "choices")
        public List<Choice> getChoices() {
            return choices;
        }

        @PlanningVariable(valueRangeProviderRefs = "choices", allowsUnassigned = true)
        public Choice getChoice() {
            return choice;
        }

        public void setChoice(Choice choice) {
            this.choice = choice;
        }

        public long best() {
            return choices.stream().mapToLong(Choice::gain).max().orElse(0);
        }
    }

    @PlanningSolution
    public static class Market {
        @PlanningEntityCollectionProperty
        public List<Need> needs = new ArrayList<>();
        @PlanningScore
        public HardSoftLongScore score;
        public long[] capacity;
        public List<Group> groups = new ArrayList<>();
    }

    public static class Worth implements IncrementalScoreCalculator<Market, HardSoftLongScore> {
        private long[] slack;
        private int[] served;
        private List<Group> groups;
        private int[][] groupNumbers;
        private long overload;
        private long gain;

        public void resetWorkingSolution(Market market) {
            slack = market.capacity.clone();
            groups = market.groups;
            served = new int[groups.size()];
            List<List<Integer>> numbers = new ArrayList<>();
            market.needs.forEach(need -> numbers.add(new ArrayList<>()));
            for (int group = 0; group < groups.size(); group++) {
                for (int need : groups.get(group).needs()) {
                    numbers.get(need).add(group);
                }
            }
            groupNumbers = numbers.stream().map(of -> of.stream().mapToInt(i -> i).toArray()).toArray(int[][]::new);
            overload = 0;
            gain = 0;
            market.needs.forEach(need -> add(need, 1));
        }

        public void beforeEntityAdded(Object need) {}

        public void afterEntityAdded(Object need) {
            add((Need) need, 1);
        }

        public void beforeVariableChanged(Object need, String variable) {
            add((Need) need, -1);
        }

        public void afterVariableChanged(Object need, String variable) {
            add((Need) need, 1);
        }

        public void beforeEntityRemoved(Object need) {
            add((Need) need, -1);
        }

        public void afterEntityRemoved(Object need) {}

        public HardSoftLongScore calculateScore() {
            return HardSoftLongScore.of(-overload, gain);
        }

        private void add(Need need, int sign) {
            Choice choice = need.getChoice();
            if (choice == null) {
                return;
            }
            gain += sign * choice.gain();
            for (int i = 0; i < choice.rows().length; i++) {
                int row = choice.rows()[i];
                long before = Math.max(0, -slack[row]);
                slack[row] -= sign * choice.loads()[i];
                overload += Math.max(0, -slack[row]) - before;
            }
            for (int group : groupNumbers[need.id]) {
                overload -= broken(group);
                served[group] += sign;
                overload += broken(group);
            }
        }

        private int broken(int group) {
            int now = served[group];
            int all = groups.get(group).needs().length;
            return groups.get(group).together() ? Math.min(now, all - now) : Math.max(0, now - 1);
        }
    }

    public static void main(String[] arguments) throws IOException {
        StreamTokenizer words;
        Market market = new Market();
        long seconds;
        long seed;
        try (BufferedReader file = Files.newBufferedReader(Path.of(arguments[0]))) {
            words = new StreamTokenizer(file);
            int needs = (int) next(words);
            int choices = (int) next(words);
            int rows = (int) next(words);
            int groups = (int) next(words);
            seconds = next(words);
            seed = next(words);
            read(words, market, needs, choices, rows, groups);
        }
        SolverConfig config = new SolverConfig()
                .withSolutionClass(Market.class)
                .withEntityClasses(Need.class)
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT)
                .withRandomSeed(seed)
                .withTerminationSpentLimit(Duration.ofSeconds(seconds));
        config.withScoreDirectorFactory(
                new ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig()
                        .withIncrementalScoreCalculatorClass(Worth.class));
        Solver<Market> solver = SolverFactory.<Market>create(config).buildSolver();
        long started = System.currentTimeMillis();
        solver.addEventListener(event -> {
            if (event.getNewBestScore() instanceof HardSoftLongScore score && score.hardScore() == 0) {
                System.out.println("better " + (System.currentTimeMillis() - started) + " " + score.softScore());
            }
        });
        Market best = solver.solve(market);
        StringBuilder taken = new StringBuilder("taken");
        for (Need need : best.needs) {
            boolean right = best.score.hardScore() == 0 && need.getChoice() != null;
            taken.append(' ').append(right ? need.getChoice().id() : -1);
        }
        System.out.println(taken);
    }

    private static void read(StreamTokenizer words, Market market, int needs, int choices, int rows, int groups)
            throws IOException {
        for (int need = 0; need < needs; need++) {
            market.needs.add(new Need(need));
        }
        market.capacity = new long[rows];
        for (int row = 0; row < rows; row++) {
            market.capacity[row] = next(words);
        }
        for (int id = 0; id < choices; id++) {
            int need = (int) next(words);
            long gain = next(words);
            int entries = (int) next(words);
            int[] of = new int[entries];
            long[] loads = new long[entries];
            for (int entry = 0; entry < entries; entry++) {
                of[entry] = (int) next(words);
                loads[entry] = next(words);
            }
            market.needs.get(need).choices.add(new Choice(id, need, gain, of, loads));
        }
        for (int group = 0; group < groups; group++) {
            boolean together = next(words) == 1;
            int[] members = new int[(int) next(words)];
            for (int member = 0; member < members.length; member++) {
                members[member] = (int) next(words);
            }
            market.groups.add(new Group(together, members));
        }
    }

    private static long next(StreamTokenizer words) throws IOException {
        words.nextToken();
        return (long) words.nval;
    }
}
